import { specError } from '../spec-error.js';
import { isDeferred } from '../interpreter/decode.js';
import { setsWithin } from '../normalise/selectors.js';
import { selectedBefore } from '../body-keys.js';
import type { AttributeSpec, SetSpec, ValueType } from '../model.js';
import { pascalCase } from '../names.js';
import { attributeComment, docComment } from './comments.js';
import { caseLines } from './lines.js';
import { member, type ModuleNames, property } from './naming.js';
import type { TypePrinter } from './types.js';
import type { Scope, ValuePrinter } from './values.js';
import { quoted } from './literals.js';

export interface SetParts {
  readonly names: ModuleNames;
  readonly types: TypePrinter;
  readonly values: ValuePrinter;
  /** Sets that messages consist of directly: their readers accept a selection. */
  readonly roots: ReadonlySet<SetSpec>;
}

/** Prints an attribute set: its types, and the functions that read and write it. */
export function printSet(set: SetSpec, parts: SetParts): string[] {
  const attributes = set.attributes.filter(({ type }) => type.kind !== 'pad' && type.kind !== 'unused');
  return [
    ...interfaces(set, attributes, parts),
    ...reader(set, attributes, parts),
    ...writer(set, attributes, parts),
  ];
}

function interfaces(
  set: SetSpec,
  attributes: readonly AttributeSpec[],
  { names, types }: SetParts,
): string[] {
  const name = names.of(set);
  const properties = (kind: 'decoded' | 'input') =>
    attributes.flatMap((attribute) => [
      ...(kind === 'decoded' ? docComment(attributeComment(attribute), '  ') : []),
      `  readonly ${property(attribute.key)}?: ${types.attribute(attribute.type, attribute.multi)[kind]}` +
        `${kind === 'input' ? ' | undefined' : ''};`,
    ]);
  return [
    ...docComment(`Attributes of \`${set.name}\`, as the kernel sent them.`),
    `export interface ${name} extends Decoded {`,
    ...properties('decoded'),
    '}',
    '',
    ...docComment(`Attributes of \`${set.name}\` to send.`),
    `export interface ${name}Input extends ExtraInputs {`,
    ...properties('input'),
    '}',
    '',
  ];
}

/** Parameters of a set's functions for selectors that enclosing sets have. */
export function outerParameters(set: SetSpec): Scope {
  return new Map(set.outerSelectors.map((name) => [name, `outer${pascalCase(name)}`]));
}

function reader(set: SetSpec, attributes: readonly AttributeSpec[], parts: SetParts): string[] {
  const name = parts.names.of(set);
  const outer = outerParameters(set);
  const own = new Map(attributes.map((each) => [each.name, member('value', each.key)]));
  const scope: Scope = new Map([...outer, ...own]);
  const deferred = attributes.filter(({ type }) => isDeferred(type));
  const cases = attributes.flatMap((attribute) => readCase(attribute, set, parts, scope));
  const pads = set.attributes
    .filter(({ type }) => type.kind === 'pad')
    .map(({ id }) => `        case ${id}:`);
  const text = cases.join('\n');
  const isRoot = parts.roots.has(set);
  const parameters = [...outer.values()].map((parameter) => `, ${parameter}: unknown`).join('');
  const body = [
    '  const { data } = view;',
    ...deferred.map(({ key }) => `  let ${place(key)} = -1;`),
    '  for (let at = start, length = 0; end - at >= 4; at += (length + 3) & ~3) {',
    '    length = data.getUint16(at, LE);',
    '    if (length < 4 || length > end - at) brokenAttribute(at, length, end);',
    ...(isRoot ? [...selected()] : []),
    ...(/\bfrom\b/.test(text) ? ['    const from = at + 4;'] : []),
    ...(/\bto\b/.test(text) ? ['    const to = at + length;'] : []),
    ...(/\bsize\b/.test(text) ? ['    const size = length - 4;'] : []),
    '    try {',
    '      switch (data.getUint16(at + 2, LE) & 0x3fff) {',
    ...cases,
    ...(pads.length > 0 ? [...pads, '          break;'] : []),
    '        default:',
    `          ${isRoot ? 'if (wanted === undefined) ' : ''}keepUnknown(value, view, at, strict);`,
    '      }',
    '    } catch (error) {',
    '      keepMalformed(value, view, at, error, strict);',
    '    }',
    '  }',
    ...deferred.flatMap((attribute) => readDeferred(attribute, set, parts, scope)),
    '  return value;',
  ];
  return [
    `function read${name}(value: Mutable<${name}>, view: WireView, start: number, end: number, strict: boolean` +
      `${parameters}${isRoot ? ', wanted?: Uint8Array' : ''}): ${name} {`,
    ...body,
    '}',
    '',
  ];
}

/** Whether the contents of an attribute can include the attribute's own set, so that the sender chooses how deep they nest. */
function leadsBack(type: ValueType, set: SetSpec): boolean {
  const reached = new Set<SetSpec>();
  const open = [...setsWithin(type)];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === set) return true;
    if (reached.has(next)) continue;
    reached.add(next);
    open.push(...next.attributes.flatMap((attribute) => setsWithin(attribute.type)));
  }
  return false;
}

function inNest(statement: string): string[] {
  return ['view.enterNest();', 'try {', `  ${statement}`, '} finally {', '  view.leaveNest();', '}'];
}

function selected(): string[] {
  return ['    if (wanted !== undefined && wanted[data.getUint16(at + 2, LE) & 0x3fff] !== 1) continue;'];
}

/** The variable with the offset of an attribute that is read last. */
function place(key: string): string {
  return `${/^[0-9]/.test(key) ? '_' : ''}${key}At`;
}

function readCase(attribute: AttributeSpec, set: SetSpec, { values }: SetParts, scope: Scope): string[] {
  const { id, key, type, multi } = attribute;
  const target = member('value', key);
  const lines = (body: readonly string[]) => [
    `        case ${id}:`,
    ...body.map((line) => `          ${line}`),
    '          break;',
  ];
  if (isDeferred(type)) {
    if (multi) {
      throw specError(
        { file: set.name, path: attribute.name },
        'a sub-message that may come more than once cannot be generated',
      );
    }
    return lines([
      `if (${place(key)} !== -1) keepEarlier(value, view, start, at, strict);`,
      `${place(key)} = at;`,
    ]);
  }
  const value = values.read(type, scope);
  const guarded = (statement: string) => (leadsBack(type, set) ? inNest(statement) : [statement]);
  if (multi) return lines(guarded(`${target} = append(${target}, ${value});`));
  return lines([
    `if (${target} !== undefined) keepEarlier(value, view, start, at, strict);`,
    ...guarded(`${target} = ${value};`),
  ]);
}

/** Data whose format depends on another attribute is read after all attributes were seen. */
function readDeferred(
  { key, type }: AttributeSpec,
  set: SetSpec,
  { values }: SetParts,
  scope: Scope,
): string[] {
  const at = place(key);
  const value = values.read(type, scope);
  const read = `${member('value', key)} = ${value};`;
  return [
    `  if (${at} !== -1) {`,
    ...(/\bfrom\b/.test(value) ? [`    const from = ${at} + 4;`] : []),
    ...(/\bto\b/.test(value) ? [`    const to = ${at} + data.getUint16(${at}, LE);`] : []),
    '    try {',
    ...(leadsBack(type, set) ? inNest(read) : [read]).map((line) => `      ${line}`),
    '    } catch (error) {',
    `      keepMalformed(value, view, ${at}, error, strict);`,
    '    }',
    '  }',
  ];
}

function writer(set: SetSpec, attributes: readonly AttributeSpec[], parts: SetParts): string[] {
  const name = parts.names.of(set);
  return [
    `function write${name}(writer: WireWriter, value: ${name}Input, besides?: ReadonlySet<string>): void {`,
    '  for (const key in value) {',
    '    try {',
    `      write${name}Attribute(writer, value, key, besides);`,
    '    } catch (error) {',
    '      throw within(key, error);',
    '    }',
    '  }',
    '}',
    '',
    `function write${name}Attribute(writer: WireWriter, value: ${name}Input, key: string, besides?: ReadonlySet<string>): void {`,
    `  switch (key as keyof ${name}Input) {`,
    ...attributes.flatMap((attribute) => writeCase(attribute, set, parts)),
    "    case 'extra':",
    '      if (value.extra !== undefined) writeExtra(writer, listOf(value.extra));',
    '      break;',
    '    default:',
    `      refuseUnknown(value, key, ${quoted(set.name)}, describe${name}, besides);`,
    '  }',
    '}',
    '',
  ];
}

function writeCase(attribute: AttributeSpec, set: SetSpec, { values }: SetParts): string[] {
  const { id, key, type, multi } = attribute;
  const given = member('value', key);
  if (multi) {
    const entry = values.write(type, String(id), 'entry').replace(/;$/, '');
    return caseLines(key, `if (${given} !== undefined) each(${given}, (entry) => ${entry});`, '    ');
  }
  const write = values.write(type, String(id), given);
  if (type.kind !== 'sub-message' || type.selector.outer) {
    return caseLines(key, `if (${given} !== undefined) ${write}`, '    ');
  }
  const by = set.attributes.find(({ name }) => name === type.selector.name);
  const earlier = selectedBefore(set, attribute, type.selector).map((each) => member('value', each.key));
  const list = earlier.length === 0 ? '' : `, [${earlier.join(', ')}]`;
  const selector = `impliedSelector(${quoted(type.selector.key)}, ${member('value', type.selector.key)}, ${given}${list})`;
  // The enumeration itself checks an enum's entry.
  const named = by?.type.kind === 'integer' ? 'format as never' : 'format';
  return [
    `    case ${quoted(key)}:`,
    `      if (${given} !== undefined) {`,
    `        const format = ${selector};`,
    `        if (format !== undefined) ${by === undefined ? '' : values.write(by.type, String(by.id), named)}`,
    `        ${write}`,
    '      }',
    '      break;',
  ];
}
