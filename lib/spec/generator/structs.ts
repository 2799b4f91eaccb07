import type { MemberSpec, StructSpec } from '../model.js';
import { caseLines, literal } from './lines.js';
import { docComment, memberComment } from './comments.js';
import { type Expressions, plus } from './expressions.js';
import { member, property } from './naming.js';
import type { TypePrinter } from './types.js';
import { quoted } from './literals.js';

/** Prints a structure: its types, and the functions that read and put it. */
export function printStruct(struct: StructSpec, types: TypePrinter, expressions: Expressions): string[] {
  const name = expressions.names.of(struct);
  const members = struct.members.filter(({ type }) => type.kind !== 'pad');
  const rest = members.find(({ length }) => length === 0);
  return [
    ...interfaces(struct, members, name, types),
    ...ends(members, name),
    ...reader(struct, members, rest, name, expressions),
    ...writer(struct, members, name, expressions),
    ...(rest === undefined ? [] : lengthFunction(rest, name, expressions)),
  ];
}

function interfaces(
  struct: StructSpec,
  members: readonly MemberSpec[],
  name: string,
  types: TypePrinter,
): string[] {
  const described = `struct ${struct.name.replaceAll('-', '_')}: ${struct.size} bytes`;
  const properties = (kind: 'decoded' | 'input') =>
    members.flatMap((each) => {
      const comment = memberComment(each.type);
      const undefinedToo = kind === 'input' ? ' | undefined' : '';
      return [
        ...(comment === undefined || kind === 'input' ? [] : docComment(comment, '  ')),
        `  readonly ${property(each.key)}?: ${types.memberOf(each)[kind]}${undefinedToo};`,
      ];
    });
  return [
    ...docComment(`\`${described}\`. A member is absent if the kernel's structure is shorter.`),
    `export interface ${name} {`,
    ...properties('decoded'),
    ...docComment('What a newer kernel has after the last member.', '  '),
    '  readonly tail?: Uint8Array;',
    '}',
    '',
    ...docComment(`\`${described}\` to send; omitted members are zero.`),
    `export interface ${name}Input {`,
    ...properties('input'),
    '  readonly tail?: Bytes | undefined;',
    '}',
    '',
  ];
}

function ends(members: readonly MemberSpec[], name: string): string[] {
  const entries = members.map(({ key, offset, least }) => `${property(key)}: ${offset + least}`);
  return [`const ends${name}: MemberEnds = { ${entries.join(', ')} };`, ''];
}

function reader(
  struct: StructSpec,
  members: readonly MemberSpec[],
  rest: MemberSpec | undefined,
  name: string,
  expressions: Expressions,
): string[] {
  const reads = members.map(({ key, type, offset, length }) => {
    const end = length === 0 ? 'end' : plus('from', offset + length);
    return `    ${property(key)}: ${expressions.readMember(type, plus('from', offset), end)},`;
  });
  const text = reads.join('\n');
  const whole = Math.max(struct.size, rest === undefined ? 0 : rest.offset + rest.least);
  return [
    `function read${name}(view: WireView, from: number, end: number, strict: boolean): ${name} {`,
    `  if (end - from < ${whole}) return readShort(view, from, end, ${whole}, ends${name}, strict, read${name});`,
    ...(/\bdata[.,]/.test(text) ? ['  const { data } = view;'] : []),
    `  const value: ${name} = {`,
    ...reads,
    '  };',
    `  return ${tail(struct, rest)};`,
    '}',
    '',
  ];
}

function tail(struct: StructSpec, rest: MemberSpec | undefined): string {
  if (rest === undefined) return `withTail(value, view, from + ${struct.size}, end)`;
  if (rest.type.kind !== 'array') return 'value';
  const size = rest.type.of.kind === 'integer' ? rest.type.of.width : rest.type.of.struct.size;
  return `withTail(value, view, end - ((end - from - ${rest.offset}) % ${size}), end)`;
}

function writer(
  struct: StructSpec,
  members: readonly MemberSpec[],
  name: string,
  expressions: Expressions,
): string[] {
  return [
    `function put${name}(writer: WireWriter, at: number, value: ${name}Input): void {`,
    '  objectOf(value);',
    '  for (const key in value) {',
    '    try {',
    `      switch (key as keyof ${name}Input) {`,
    ...members.flatMap(({ key, type, offset, length }) => {
      const given = member('value', key);
      const put = expressions.putMember(type, plus('at', offset), length, given);
      return caseLines(key, `if (${given} !== undefined) ${put}`, '        ');
    }),
    "        case 'tail':",
    '          break;',
    '        default:',
    `          refuseUnknown(value, key, ${quoted(struct.name)}, ${literal(members.map(({ key }) => key))});`,
    '      }',
    '    } catch (error) {',
    '      throw within(key, error);',
    '    }',
    '  }',
    '}',
    '',
  ];
}

/** The length of a structure whose last member is as long as its value. */
function lengthFunction(rest: MemberSpec, name: string, expressions: Expressions): string[] {
  return [
    `function lengthOf${name}(value: ${name}Input): number {`,
    `  const rest = ${member('objectOf(value)', rest.key)};`,
    `  return ${rest.offset} + (rest === undefined ? 0 : ${restLength(rest, expressions)});`,
    '}',
    '',
  ];
}

function restLength({ type }: MemberSpec, expressions: Expressions): string {
  if (type.kind === 'array') {
    const size = type.of.kind === 'integer' ? type.of.width : type.of.struct.size;
    return `listOf(rest).length * ${size}`;
  }
  if (type.kind === 'address') return `${expressions.addressBytes(type.form, 'rest')}.length`;
  return 'bytesOf(rest).length';
}
