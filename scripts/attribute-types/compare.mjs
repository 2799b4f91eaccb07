// An attribute as the project describes it, against the fact.

/** How an attribute's type is written in reports, in the words of facts. */
export function described({ type, multi }) {
  return `${typeName(type)}${multi ? '*' : ''}`;
}

function typeName(type) {
  switch (type.kind) {
    case 'integer':
      return `${type.bigEndian ? 'be' : type.signed ? 's' : 'u'}${type.width * 8}${type.bigEndian && type.signed ? ' signed' : ''}`;
    case 'variable-integer':
      return type.signed ? 'sint' : 'uint';
    case 'address':
      return type.form;
    case 'struct':
      return `struct ${type.struct.name.replaceAll('-', '_')}`;
    case 'array':
      return `array ${typeName(type.of)}`;
    case 'nest':
      return type.header === undefined ? 'nest' : `struct ${type.header.name.replaceAll('-', '_')} and nest`;
    case 'indexed':
    case 'keyed':
      return `nest[${typeName(type.of)}]`;
    case 'sub-message':
      return 'sub-message';
    default:
      return type.kind;
  }
}

/**
 * The verdict on an attribute: `agrees`, `wrong`, `poorer` (bytes where the kernel has more), `two meanings`
 * (the fact has several and the description is one of them), `no fact`.
 */
export function compare(attribute, fact) {
  const { type, multi } = attribute;
  if (fact === undefined) return type.kind === 'unused' || type.kind === 'pad' ? 'agrees' : 'no fact';
  const repeats = fact.endsWith('*');
  const alternatives = splitAlternatives(repeats ? fact.slice(0, -1) : fact);
  const verdicts = alternatives.map((each) => compareOne(type, each));
  const best = verdicts.includes('agrees') ? 'agrees' : verdicts.includes('poorer') ? 'poorer' : 'wrong';
  if (best === 'agrees' && repeats && !multi && !isArray(type)) return 'repeats';
  return best === 'agrees' && verdicts.includes('wrong') && !differInSign(alternatives)
    ? 'two meanings'
    : best;
}

export function splitAlternatives(text) {
  const parts = [];
  let depth = 0;
  let part = '';
  for (const letter of text) {
    if (letter === '[') depth++;
    else if (letter === ']') depth--;
    if (letter === '|' && depth === 0) {
      parts.push(part);
      part = '';
    } else part += letter;
  }
  return [...parts, part];
}

const differInSign = (alternatives) =>
  alternatives.length === 2 &&
  alternatives[0].slice(1) === alternatives[1].slice(1) &&
  alternatives[0][0] === 's';

const isArray = (type) => type.kind === 'indexed' || type.kind === 'keyed';

function compareOne(type, fact) {
  if (type.kind === 'unused') return fact === 'pad' ? 'agrees' : 'wrong';
  if (fact.startsWith('at ')) return compareAt(type, fact.slice(3));
  if (type.kind === 'pad') return fact === 'pad' ? 'agrees' : 'wrong';
  const nested = /^(nest(\[.*\])?|bytes 0)$/.test(fact);
  switch (type.kind) {
    case 'integer':
      return compareInteger(type, fact);
    case 'variable-integer':
      return fact === (type.signed ? 'sint' : 'uint') ? 'agrees' : 'wrong';
    case 'address':
      return compareAddress(type.form, fact);
    case 'flag':
    case 'bitfield32':
      return fact === type.kind || (type.kind === 'flag' && fact === 'bytes 0') ? 'agrees' : 'wrong';
    case 'string':
      return fact === 'string' ? 'agrees' : fact === 'bytes' ? 'agrees' : 'wrong';
    case 'bytes':
      return /^(bytes( \d+)?|hwaddr|string)$/.test(fact) ? 'agrees' : 'poorer';
    case 'struct':
      return fact === `struct ${type.struct.name.replaceAll('-', '_')}`
        ? 'agrees'
        : /^bytes/.test(fact)
          ? 'agrees'
          : 'wrong';
    case 'array':
      return fact === typeName(type) || /^bytes/.test(fact) ? 'agrees' : 'wrong';
    case 'nest':
      return nested ? 'agrees' : type.header !== undefined && fact.startsWith('struct ') ? 'agrees' : 'wrong';
    case 'indexed': {
      if (!nested) return 'wrong';
      const of = /^nest\[(.*)\]$/.exec(fact)?.[1];
      if (of === undefined) return 'agrees';
      return splitAlternatives(of).some((each) => compareOne(type.of, each) !== 'wrong') ? 'agrees' : 'wrong';
    }
    case 'keyed':
    case 'sequence':
      return nested ? 'agrees' : 'wrong';
    case 'sub-message':
      return nested || /^(struct|bytes|array)/.test(fact) ? 'agrees' : 'wrong';
    case 'records':
      return /^(bytes|nest|struct|array)/.test(fact) ? 'agrees' : 'wrong';
    default:
      return 'wrong';
  }
}

/** Where all that is known is a pointer to numbers, it is one or an array. */
function compareAt(type, element) {
  if (type.kind === 'integer') return compareInteger(type, element);
  return compareOne(type, `array ${element}`);
}

function compareInteger(type, fact) {
  const bits = type.width * 8;
  if (fact === `bytes ${type.width}`) return 'agrees';
  if (fact === 'ipv4') return type.width === 4 ? (type.bigEndian ? 'poorer' : 'wrong') : 'wrong';
  const order = type.bigEndian ? 'be' : type.signed ? 's' : 'u';
  if (type.bigEndian && type.width > 1) return fact === `be${bits}` ? 'agrees' : 'wrong';
  return fact === `${type.bigEndian ? 'u' : order}${bits}` ? 'agrees' : 'wrong';
}

function compareAddress(form, fact) {
  const fits = {
    mac: /^(mac|hwaddr|bytes|bytes 6|bytes 8)$/,
    ipv4: /^(ipv4|be32|bytes 4)$/,
    ipv6: /^(ipv6|bytes|bytes 16)$/,
    ip: /^(ipv4|ipv6|be32|bytes|bytes 16|bytes 4)$/,
    uuid: /^(bytes|bytes 16)$/,
  };
  return fits[form].test(fact) ? 'agrees' : 'wrong';
}
