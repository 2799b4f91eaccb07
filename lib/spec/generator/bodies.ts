import { align4 } from '../../wire/byte-order.js';
import { headerKeys } from '../body-keys.js';
import { kindOf } from '../interpreter/description.js';
import type { BodySpec, MemberSpec, SetSpec, SubMessageSpec, ValueType } from '../model.js';
import { docComment, memberComment } from './comments.js';
import { type Expressions, plus } from './expressions.js';
import { caseLines, literal } from './lines.js';
import { member, property } from './naming.js';
import { room, roomFor } from './room.js';
import { outerParameters } from './sets.js';
import type { TypePrinter } from './types.js';
import type { ValuePrinter } from './values.js';
import { quoted } from './literals.js';

/** How many properties an object for a large selection has room for. */
const SELECTED = 6;

export interface BodyParts {
  readonly types: TypePrinter;
  readonly expressions: Expressions;
  readonly values: ValuePrinter;
}

/** Prints an object with a fixed header and attributes: its types, and the functions that read and write it. */
export function printHeadedBody(body: BodySpec, isRoot: boolean, parts: BodyParts): string[] {
  const { header, set } = body;
  if (header === undefined) return [];
  const { expressions, types } = parts;
  const name = expressions.names.body(body);
  const keys = headerKeys(header, set);
  const base = set === undefined ? '' : expressions.names.of(set);
  const properties = (kind: 'decoded' | 'input') =>
    [...keys].flatMap(([each, key]) => {
      const comment = memberComment(each.type);
      const optional = kind === 'input' ? '?' : '';
      return [
        ...(comment === undefined || kind === 'input' ? [] : docComment(comment, '  ')),
        `  readonly ${property(key)}${optional}: ${types.memberOf(each)[kind]}${kind === 'input' ? ' | undefined' : ''};`,
      ];
    });
  const struct = `struct ${header.name.replaceAll('-', '_')}`;
  const attributes = set === undefined ? '' : ` and attributes of \`${set.name}\``;
  return [
    ...docComment(`\`${struct}\`${attributes}, as the kernel sent them.`),
    `export interface ${name} extends ${base === '' ? 'Decoded' : base} {`,
    ...properties('decoded'),
    '}',
    '',
    ...docComment(`\`${struct}\`${attributes} to send.`),
    `export interface ${name}Input extends ${base === '' ? 'ExtraInputs' : `${base}Input`} {`,
    ...properties('input'),
    '}',
    '',
    ...reader(body, isRoot, keys, name, parts),
    ...(isRoot ? projector(body, keys, name, parts) : []),
    ...writer(body, keys, name, parts),
  ];
}

function reader(
  { header, set }: BodySpec,
  isRoot: boolean,
  keys: ReadonlyMap<MemberSpec, string>,
  name: string,
  { expressions }: BodyParts,
): string[] {
  const size = header?.size ?? 0;
  const values = [...keys].map(([{ type, offset, length }, key]) => {
    const end = plus('start', offset + length);
    return { key, value: expressions.readMember(type, plus('start', offset), end) };
  });
  const [first] = values;
  const isRoomy = isRoot && set !== undefined && first !== undefined;
  const beginning = isRoomy
    ? [`  const first = ${first.value};`, `  const again: string = ${quoted(first.key)};`]
    : [];
  const reads = values.map(
    ({ key, value }, index) => `    ${property(key)}: ${isRoomy && index === 0 ? 'first' : value},`,
  );
  const text = [...beginning, ...reads].join('\n');
  const outer = set === undefined ? new Map<string, string>() : outerParameters(set);
  const parameters = [...outer.values()].map((parameter) => `, ${parameter}: unknown`).join('');
  const handed = [...outer.values()].map((parameter) => `, ${parameter}`).join('');
  const usesStrict = set !== undefined || /\bstrict\b/.test(text);
  return [
    `function read${name}(view: WireView, start: number, end: number, ${usesStrict ? 'strict' : '_strict'}: boolean${parameters}): ${name} {`,
    `  if (end - start < ${size}) tooShort(end - start, ${size});`,
    ...(/\bdata[.,]/.test(text) ? ['  const { data } = view;'] : []),
    ...beginning,
    `  const value: Mutable<${name}> = {`,
    ...reads,
    ...(isRoomy ? [`    ${room(roomFor(set), 'again', 'first')},`] : []),
    '  };',
    ...(set === undefined
      ? []
      : [`  read${expressions.names.of(set)}(value, view, start + ${align4(size)}, end, strict${handed});`]),
    '  return value;',
    '}',
    '',
  ];
}

function projector(
  { header, set }: BodySpec,
  keys: ReadonlyMap<MemberSpec, string>,
  name: string,
  { expressions }: BodyParts,
): string[] {
  const size = header?.size ?? 0;
  const reads = [...keys].map(([each, key], index) => {
    const end = plus('start', each.offset + each.length);
    const value = expressions.readMember(each.type, plus('start', each.offset), end);
    return `  if ((wanted.header & ${1 << index}) !== 0) ${member('value', key)} = ${value};`;
  });
  const text = reads.join('\n');
  const usesStrict = set !== undefined || /\bstrict\b/.test(text);
  return [
    ...largeSelection([...keys.values()], name),
    `function project${name}(view: WireView, start: number, end: number, ${usesStrict ? 'strict' : '_strict'}: boolean, wanted: Selection): Partial<${name}> {`,
    `  if (end - start < ${size}) tooShort(end - start, ${size});`,
    ...(/\bdata[.,]/.test(text) ? ['  const { data } = view;'] : []),
    `  const begun = wanted.isLarge ? large${name}(wanted.member) : wanted.member === undefined ? {} : { [wanted.member]: 0 };`,
    `  const value = begun as Partial<Mutable<${name}>>;`,
    ...reads,
    ...(set === undefined
      ? []
      : [
          `  read${expressions.names.of(set)}(value, view, start + ${align4(size)}, end, strict, wanted.attributes);`,
        ]),
    '  return value;',
    '}',
    '',
  ];
}

/** Prints the beginning of an object with more properties than `{}` has room for, by the first of its members. */
function largeSelection(keys: readonly string[], name: string): string[] {
  return [
    `const Roomy${name} = /* @__PURE__ */ roomy<${name}>();`,
    '',
    `function large${name}(member: string | undefined): object {`,
    "  const again = member ?? '';",
    '  switch (member) {',
    ...keys.map(
      (key) =>
        `    case ${quoted(key)}: return { ${property(key)}: 0, ${room(SELECTED - 1, 'again', '0')} };`,
    ),
    `    default: return new Roomy${name}();`,
    '  }',
    '}',
    '',
  ];
}

function writer(
  { header, set }: BodySpec,
  keys: ReadonlyMap<MemberSpec, string>,
  name: string,
  { expressions }: BodyParts,
): string[] {
  const cases = [...keys].flatMap(([{ type, offset, length }, key]) => {
    const given = member('value', key);
    const put = expressions.putMember(type, plus('at', offset), length, given);
    return caseLines(key, `if (${given} !== undefined) ${put}`, '        ');
  });
  const defaults = [...keys].flatMap(([{ type, offset, length, default: number }, key]) =>
    number === undefined
      ? []
      : [
          `  if (${member('value', key)} === undefined) ${expressions.putMember(type, plus('at', offset), length, String(number))}`,
        ],
  );
  const members = literal([...keys.values()]);
  const fallback =
    set === undefined
      ? [
          "        case 'extra':",
          '          if (value.extra !== undefined) writeExtra(writer, listOf(value.extra));',
          '          break;',
          '        default:',
          `          refuseUnknown(value, key, ${quoted(header?.name ?? name)}, ${members}, besides);`,
        ]
      : [
          '        default:',
          `          write${expressions.names.of(set)}Attribute(writer, value, key, besides);`,
        ];
  const besides =
    set === undefined ? 'besides?: ReadonlySet<string>' : `besides: ReadonlySet<string> = ${name}Members`;
  return [
    ...(set === undefined
      ? []
      : [`const ${name}Members: ReadonlySet<string> = /* @__PURE__ */ new Set(${members});`, '']),
    `function write${name}(writer: WireWriter, value: ${name}Input, ${besides}): void {`,
    `  const at = writer.space(${header?.size ?? 0});`,
    ...[...keys].flatMap(([each, key]) => widened(each, key, set)),
    ...defaults,
    '  for (const key in value) {',
    '    try {',
    `      switch (key as keyof ${name}Input) {`,
    ...cases,
    ...fallback,
    '      }',
    '    } catch (error) {',
    '      throw within(key, error);',
    '    }',
    '  }',
    '}',
    '',
  ];
}

/** A member has the value of the wider attribute with the same name, if it fits. */
function widened(
  { type, offset, length, key: own }: MemberSpec,
  key: string,
  set: SetSpec | undefined,
): string[] {
  const attribute = set?.attributes.find((each) => each.key === own);
  if (key === own || attribute?.type.kind !== 'integer' || type.kind !== 'integer') return [];
  if (type.names !== undefined || type.signed || attribute.type.width === 8) return [];
  const narrow = `narrowed(${member('value', own)}, ${length})`;
  return [
    `  if (${member('value', key)} === undefined) writer.putU${length * 8}(${plus('at', offset)}, ${narrow} ?? 0);`,
  ];
}

/** Prints a sub-message: an object with one property, which names the format. */
export function printSubMessage(message: SubMessageSpec, parts: BodyParts): string[] {
  const { names } = parts.expressions;
  const name = names.of(message);
  const needed = [...new Set(message.formats.flatMap(({ set }) => set?.outerSelectors ?? []))];
  const scope = new Map(needed.map((each) => [each, `outer${each}`]));
  const parameters = [...scope.values()].map((parameter) => `, ${parameter}: unknown`).join('');
  const formatType = (format: BodySpec) =>
    format.header !== undefined && format.set === undefined ? names.of(format.header) : names.body(format);
  const properties = (kind: 'decoded' | 'input') =>
    message.formats.map((format) => {
      const type = formatType(format);
      const input = type === 'Decoded' ? 'ExtraInputs' : `${type}Input`;
      return `  readonly ${property(format.value)}?: ${kind === 'decoded' ? type : `${input} | undefined`};`;
    });
  return [
    ...docComment(`Data of \`${message.name}\`: its one property names the format.`),
    `export interface ${name} {`,
    ...properties('decoded'),
    '  /** Data in a format that the specification does not describe. */',
    '  readonly raw?: Uint8Array;',
    '}',
    '',
    ...docComment(`Data of \`${message.name}\` to send: exactly one property.`),
    `export interface ${name}Input {`,
    ...properties('input'),
    '  readonly raw?: Bytes | undefined;',
    '}',
    '',
    `function read${name}(selected: unknown, view: WireView, from: number, to: number, strict: boolean${parameters}): ${name} {`,
    '  switch (selected) {',
    ...message.formats.flatMap((format) => {
      const isStruct = format.header !== undefined && format.set === undefined;
      const value = isStruct
        ? `read${names.of(format.header)}(view, from, to, strict)`
        : parts.values.readNest(format, 'from', 'to', scope);
      return [`    case ${quoted(format.value)}:`, `      return { ${property(format.value)}: ${value} };`];
    }),
    '    default:',
    `      return readRaw(view, from, to, ${quoted(message.name)}, selected, strict);`,
    '  }',
    '}',
    '',
    ...subMessageWriter(message, name, parts),
  ];
}

function subMessageWriter(
  message: SubMessageSpec,
  name: string,
  { expressions, values }: BodyParts,
): string[] {
  const { names } = expressions;
  return [
    `function write${name}(writer: WireWriter, type: number, value: ${name}Input): void {`,
    '  const tag = tagOf(value);',
    "  if (tag === 'raw') {",
    '    writer.binary(type, bytesOf(value.raw as Bytes));',
    '    return;',
    '  }',
    '  try {',
    '    switch (tag) {',
    ...message.formats.flatMap((format) => {
      const given = member('value', format.value);
      const { header, set } = format;
      const write =
        header === undefined && set === undefined
          ? `writeNothingNest(writer, type, ${given});`
          : header !== undefined && set === undefined
            ? values.writeStruct(header, 'type', given)
            : `writeNest(writer, type, ${given}, write${names.body(format)});`;
      return [
        `      case ${quoted(format.value)}:`,
        `        if (${given} !== undefined) ${write}`,
        '        break;',
      ];
    }),
    '      default:',
    `        refuseUnknown(value, tag, ${quoted(message.name)}, ${literal(message.formats.map(({ value }) => value))});`,
    '    }',
    '  } catch (error) {',
    '    throw within(tag, error);',
    '  }',
    '}',
    '',
  ];
}

/** Prints the function that describes a set's attributes for the paths in errors, and for columns. */
export function printDescription(set: SetSpec, { expressions }: BodyParts): string[] {
  const { names } = expressions;
  const entries = set.attributes
    .filter(({ type }) => type.kind !== 'unused')
    .map(({ id, key, type }) => {
      const kind = kindOf(type);
      const facts = [
        `name: ${quoted(key)}`,
        ...(kind === undefined ? [] : [`kind: ${quoted(kind)}`]),
        ...('bigEndian' in type && type.bigEndian ? ['bigEndian: true'] : []),
        ...(type.kind === 'address' ? [`address: ${quoted(type.form)}`] : []),
        ...nested(type, set, names.of.bind(names)),
      ];
      return `    ${id}: { ${facts.join(', ')} },`;
    });
  return [`function describe${names.of(set)}(): DescribedSet {`, '  return {', ...entries, '  };', '}', ''];
}

function nested(type: ValueType, set: SetSpec, nameOf: (set: SetSpec) => string): string[] {
  switch (type.kind) {
    case 'nest':
      return type.header === undefined ? [`nested: describe${nameOf(type.set)}`] : [];
    case 'sequence':
      return [`nested: describe${nameOf(type.set)}`];
    case 'indexed':
      return nested(type.of, set, nameOf);
    case 'sub-message': {
      const by = set.attributes.find(({ name }) => name === type.selector.name)?.id;
      if (by === undefined) return [];
      const formats = type.message.formats.flatMap(({ value, header, set: inner }) =>
        header === undefined && inner !== undefined ? [`${property(value)}: describe${nameOf(inner)}`] : [],
      );
      return [`nested: (scope) => describedFormat(scope.text(${by}), { ${formats.join(', ')} })`];
    }
    default:
      return [];
  }
}
