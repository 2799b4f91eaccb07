import { isName, matchBrackets, splitAt } from './tokens.mjs';

// C declarations: what a name's type is. A type is `{ base, pointers, dimensions }`, for example
// `{ base: 'struct tcmsg', pointers: 1, dimensions: 0 }`.

const QUALIFIERS = new Set(
  'const static volatile inline extern register auto __always_inline noinline noinline_for_stack __rcu __user __iomem __force __read_mostly __maybe_unused __randomize_layout __init __net_init __exit __must_check __percpu __ro_after_init restrict __restrict __bitwise asmlinkage __cold __hot __packed __private __nonstring'.split(
    ' ',
  ),
);
const WORDS = new Set(['unsigned', 'signed', 'long', 'int', 'char', 'short', '__int128']);

/** The type at the beginning of `tokens`, and how many tokens it takes; undefined where there is none. */
export function readBase(tokens, from = 0) {
  let index = from;
  const words = [];
  let base;
  for (; index < tokens.length; index++) {
    const token = tokens[index];
    if (QUALIFIERS.has(token)) continue;
    if (token === '__attribute__' || token === '__aligned' || token === '__counted_by') {
      index = matchBrackets(tokens).get(index + 1) ?? index;
      continue;
    }
    if (
      base === undefined &&
      words.length === 0 &&
      (token === 'struct' || token === 'union' || token === 'enum')
    ) {
      if (!isName(tokens[index + 1])) return undefined;
      base = `${token} ${tokens[++index]}`;
      continue;
    }
    if (base === undefined && WORDS.has(token)) {
      words.push(token);
      continue;
    }
    if (base === undefined && words.length === 0 && isName(token)) {
      base = token;
      continue;
    }
    break;
  }
  base ??= words.length > 0 ? wordType(words) : undefined;
  return base === undefined ? undefined : { base, next: index };
}

function wordType(words) {
  const unsigned = words.includes('unsigned');
  if (words.includes('char')) return unsigned ? 'u8' : 'char';
  if (words.includes('short')) return unsigned ? 'u16' : 's16';
  if (words.includes('long')) return unsigned ? 'unsigned long' : 'long';
  return unsigned ? 'unsigned int' : 'int';
}

/** The names that a declaration (without its semicolon) declares: `[{ name, type }]`. */
export function readDeclarators(tokens) {
  const head = readBase(tokens);
  if (head === undefined) return [];
  const found = [];
  for (const part of splitAt(tokens.slice(head.next))) {
    let index = 0;
    let pointers = 0;
    for (; part[index] === '*' || QUALIFIERS.has(part[index]); index++) if (part[index] === '*') pointers++;
    if (part[index] === '(') {
      // A pointer to a function.
      const name = part.slice(index).find((token) => isName(token));
      found.push({ name: name ?? '', type: { base: 'function', pointers: 1, dimensions: [] } });
      continue;
    }
    const name = part[index];
    if (!isName(name)) {
      if (name === undefined && found.length === 0)
        found.push({ name: '', type: { base: head.base, pointers, dimensions: [] } });
      continue;
    }
    index++;
    const dimensions = [];
    const partner = matchBrackets(part);
    for (; part[index] === '['; index = (partner.get(index) ?? part.length) + 1) {
      dimensions.push(part.slice(index + 1, partner.get(index)));
    }
    const bits = part[index] === ':';
    found.push({
      name,
      type: { base: head.base, pointers, dimensions, ...(bits && { bits: Number(part[index + 1]) }) },
    });
  }
  return found;
}

/** The members of a structure, those of nested ones without a name included: `[{ name, type }]`. */
export function readMembers(body) {
  const partner = matchBrackets(body);
  const members = [];
  let start = 0;
  for (let index = 0; index < body.length; index++) {
    if (body[index] === '(' || body[index] === '[') index = partner.get(index) ?? index;
    else if (body[index] === '{') {
      const end = partner.get(index) ?? body.length;
      const inner = readMembers(body.slice(index + 1, end));
      let stop = end + 1;
      while (stop < body.length && body[stop] !== ';') stop++;
      const after = readNested(body.slice(end + 1, stop));
      const kind =
        body[start] === 'enum' ? 'enum' : body.slice(start, index).includes('union') ? 'union' : 'struct';
      if (kind === 'enum')
        for (const name of after) members.push({ name: name.name, type: { base: 'enum', ...name.type } });
      else if (after.length === 0)
        members.push(...inner.map((each) => ({ ...each, union: kind === 'union' || each.union })));
      else
        for (const name of after)
          members.push({ name: name.name, type: { base: kind, members: inner, ...name.type } });
      start = stop + 1;
      index = stop;
    } else if (body[index] === ';') {
      members.push(...readGroup(body.slice(start, index)));
      start = index + 1;
    }
  }
  return members;
}

const GROUPS = /^(struct_group|struct_group_attr|struct_group_tagged|__struct_group)$/;

function readGroup(tokens) {
  if (GROUPS.test(tokens[0]) && tokens[1] === '(') {
    const inner = tokens.slice(2, matchBrackets(tokens).get(1));
    const parts = splitAt(inner);
    return readMembers((parts.at(-1) ?? []).concat(';'));
  }
  if (/^(DECLARE_BITMAP|__DECLARE_FLEX_ARRAY|DECLARE_FLEX_ARRAY)$/.test(tokens[0])) {
    const parts = splitAt(tokens.slice(2, -1));
    if (tokens[0] === 'DECLARE_BITMAP')
      return [{ name: parts[0]?.[0] ?? '', type: { base: 'unsigned long', pointers: 0, dimensions: [[]] } }];
    return readDeclarators([...(parts[0] ?? []), ...(parts[1] ?? []), '[', ']']);
  }
  return readDeclarators(tokens);
}

function readNested(tokens) {
  return splitAt(tokens)
    .map((part) => part.filter((token) => !QUALIFIERS.has(token) && token !== '__attribute__'))
    .filter((part) => part.length > 0 && part[0] !== '(')
    .map((part) => {
      const pointers = part.filter((token) => token === '*').length;
      const name = part.find((token) => isName(token)) ?? '';
      const dimensions = part.includes('[') ? [[]] : [];
      return { name, type: { pointers, dimensions } };
    })
    .filter(({ name }) => name !== '' && !/^__aligned/.test(name));
}
