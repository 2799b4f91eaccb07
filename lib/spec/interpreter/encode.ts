import { bytesOf, type Bytes } from '../../wire/bytes.js';
import { invalidArgument } from '../../errors.js';
import { shown } from '../../shown-value.js';
import { align4 } from '../../wire/byte-order.js';
import { NLA_F_NESTED } from '../../wire/constants.js';
import type { WireWriter } from '../../wire/writer.js';
import { headerKeys, selectedBefore } from '../body-keys.js';
import type {
  AttributeSpec,
  BodySpec,
  FormatSpec,
  MemberSpec,
  Selector,
  SetSpec,
  StructSpec,
  ValueType,
} from '../model.js';
import { type ExtraInput, writeExtra } from '../runtime/extra.js';
import { impliedSelector, listOf, objectOf, tagOf, textOf, refuseUnknown, within } from '../runtime/input.js';
import { narrowed, writeSequence } from '../runtime/writing.js';
import { putInteger, writeInteger, writeVariableInteger } from './integers.js';
import {
  addressBytes,
  elementSize,
  putArray,
  putMember,
  putStruct,
  structLength,
  type Values,
} from './structs.js';
import { attributesByKey, flagSetOf } from './tables.js';
import type { FlagsInput } from '../runtime/enumeration.js';

const NONE: ReadonlySet<string> = new Set();
const ARRAY_INDEX: ReadonlySet<string> = new Set(['arrayIndex']);

/** Writes what follows a message's netlink headers: the fixed header, and attributes in the order of the input's properties. */
export function encodeBody(body: BodySpec, writer: WireWriter, input: object): void {
  writeBody(body.header, body.set, writer, objectOf(input as Values), NONE);
}

/** @param besides properties that are neither members nor attributes and are written elsewhere */
function writeBody(
  header: StructSpec | undefined,
  set: SetSpec | undefined,
  writer: WireWriter,
  input: Values,
  besides: ReadonlySet<string>,
): void {
  const members = header === undefined ? undefined : writeHeader(header, set, writer, input);
  const attributes = set === undefined ? undefined : attributesByKey(set);
  for (const key in input) {
    const value = input[key];
    if (value === undefined || members?.has(key) === true || besides.has(key)) continue;
    try {
      const attribute = attributes?.get(key);
      if (attribute !== undefined && set !== undefined) writeAttribute(attribute, set, writer, value, input);
      else if (key === 'extra') writeExtra(writer, listOf(value as ExtraInput[]));
      else {
        const known = [...(attributes?.keys() ?? []), ...(besides.size > 0 ? besides : (members ?? []))];
        refuseUnknown(input, key, set?.name ?? header?.name ?? 'this message', known);
      }
    } catch (error) {
      throw within(key, error);
    }
  }
}

/** Writes a fixed header; returns the properties that were its members. */
function writeHeader(
  header: StructSpec,
  set: SetSpec | undefined,
  writer: WireWriter,
  input: Values,
): ReadonlySet<string> {
  const at = writer.space(header.size);
  const keys = headerKeys(header, set);
  for (const [member, key] of keys) {
    const value =
      input[key] ??
      (key === member.key ? undefined : fromAttribute(member, input[member.key])) ??
      member.default;
    if (value !== undefined) putWithin(member, key, writer, at + member.offset, value);
  }
  return new Set(keys.values());
}

/** A member takes over the value of the wider attribute with the same name, if it fits. */
function fromAttribute({ type, length }: MemberSpec, value: unknown): unknown {
  if (type.kind !== 'integer' || type.names !== undefined || type.signed) return undefined;
  return narrowed(value, length);
}

function putWithin(member: MemberSpec, key: string, writer: WireWriter, at: number, value: unknown): void {
  try {
    putMember(member, writer, at, value);
  } catch (error) {
    throw within(key, error);
  }
}

function writeAttribute(
  attribute: AttributeSpec,
  set: SetSpec,
  writer: WireWriter,
  value: unknown,
  input: Values,
): void {
  const { type, id } = attribute;
  if (!attribute.multi) {
    if (type.kind === 'sub-message') writeSelector(attribute, type.selector, set, writer, value, input);
    writeValue(type, writer, id, value);
    return;
  }
  listOf(value as unknown[]).forEach((entry, index) => {
    try {
      writeValue(type, writer, id, entry);
    } catch (error) {
      throw within(index, error);
    }
  });
}

/** The format of the data implies its selector: written if the caller omitted it, and checked if not. */
function writeSelector(
  attribute: AttributeSpec,
  selector: Selector,
  set: SetSpec,
  writer: WireWriter,
  value: unknown,
  input: Values,
): void {
  if (selector.outer) return;
  const earlier = selectedBefore(set, attribute, selector).map(({ key }) => input[key] as Values | undefined);
  const tag = impliedSelector(selector.key, input[selector.key], value as Values, earlier);
  const by = attributesByKey(set).get(selector.key);
  if (tag !== undefined && by !== undefined) writeValue(by.type, writer, by.id, tag);
}

function writeValue(type: ValueType, writer: WireWriter, id: number, value: unknown): void {
  switch (type.kind) {
    case 'integer':
      writeInteger(type, writer, id, value);
      return;
    case 'variable-integer':
      writeVariableInteger(type, writer, id, value);
      return;
    case 'address':
      writer.binary(id, addressBytes(type.form, value));
      return;
    case 'struct':
      writeStruct(type.struct, writer, id, value);
      return;
    case 'flag':
      writer.flag(id, value === true);
      return;
    case 'string':
      writer.string(id, textOf(value as string));
      return;
    case 'bytes':
      writer.binary(id, bytesOf(value as Bytes));
      return;
    case 'array': {
      const elements = listOf(value as unknown[]);
      const at = writer.attribute(id, elements.length * elementSize(type.of));
      putArray(type.of, writer, at, elements);
      return;
    }
    case 'bitfield32':
      writeBitfield(type.names && flagSetOf(type.names.enum), writer, id, value);
      return;
    case 'nest':
      writer.nestStart(id);
      writeBody(type.header, type.set, writer, objectOf(value as Values), NONE);
      writer.nestEnd();
      return;
    case 'indexed':
      writeIndexed(type.of, type.first, writer, id, listOf(value as unknown[]));
      return;
    case 'keyed':
      writeKeyed(type.keys, type.of, writer, id, objectOf(value as Values));
      return;
    case 'sub-message':
      writeSubMessage(type.message.formats, type.message.name, writer, id, value as Values);
      return;
    case 'sequence':
      writeSequence(writer, id, listOf(value as Values[]), (to, entry) =>
        writeBody(undefined, type.set, to, entry, NONE),
      );
      return;
    case 'records':
      writeRecords(type.header, type.set, writer, id, listOf(value as Values[]));
      return;
    case 'pad':
    case 'unused':
      return;
  }
}

function writeStruct(struct: StructSpec, writer: WireWriter, id: number, value: unknown): void {
  const { tail } = objectOf(value as Values);
  const length = structLength(struct, value);
  const rest = tail === undefined ? undefined : bytesOf(tail as Bytes);
  const at = writer.attribute(id, length + (rest?.length ?? 0));
  putStruct(struct, writer, at, value);
  if (rest !== undefined) writer.putBytes(at + length, rest);
}

function writeBitfield(
  flags: ReturnType<typeof flagSetOf> | undefined,
  writer: WireWriter,
  id: number,
  input: unknown,
): void {
  const { value, selector } = objectOf(input as Values);
  const number = (part: unknown): number =>
    flags === undefined ? (part as number) : flags.mask(part as FlagsInput<string>);
  writer.bitfield32(id, number(value), number(selector));
}

function writeIndexed(
  of: ValueType,
  first: number,
  writer: WireWriter,
  id: number,
  entries: readonly unknown[],
): void {
  writer.nestStart(id);
  entries.forEach((entry, position) => {
    try {
      if (of.kind !== 'nest') {
        writeValue(of, writer, first + position, entry);
        return;
      }
      const values = objectOf(entry as Values);
      writer.nestStart((values['arrayIndex'] as number | undefined) ?? first + position);
      writeBody(of.header, of.set, writer, values, ARRAY_INDEX);
      writer.nestEnd();
    } catch (error) {
      throw within(position, error);
    }
  });
  writer.nestEnd();
}

function writeKeyed(
  keys: readonly string[],
  of: ValueType,
  writer: WireWriter,
  id: number,
  input: Values,
): void {
  let type = id;
  for (const key of keys) {
    writer.nestStart(type);
    type = keyOf(input, key);
  }
  if (of.kind === 'nest') {
    writer.nestStart(type);
    writeBody(of.header, of.set, writer, input, new Set(keys));
    writer.nestEnd();
  } else {
    writeValue(of, writer, type, input['value']);
  }
  for (let open = keys.length; open > 0; open--) writer.nestEnd();
}

function keyOf(input: Values, key: string): number {
  const value = input[key];
  if (typeof value === 'number') return value;
  throw invalidArgument(`'${key}' must be a number, got ${shown(value)}`);
}

function writeSubMessage(
  formats: readonly FormatSpec[],
  what: string,
  writer: WireWriter,
  id: number,
  input: Values,
): void {
  const tag = tagOf(input);
  if (tag === 'raw') {
    writer.binary(id, bytesOf(input['raw'] as Bytes));
    return;
  }
  try {
    const format = formats.find(({ value }) => value === tag);
    if (format === undefined) {
      const known = formats.map(({ value }) => value);
      refuseUnknown(input, tag, what, known);
      return;
    }
    const { header, set } = format;
    const values = objectOf(input[tag] as Values);
    if (header !== undefined && set === undefined) {
      writeStruct(header, writer, id, values);
      return;
    }
    writer.nestStart(id, set === undefined ? 0 : NLA_F_NESTED);
    writeBody(header, set, writer, values, NONE);
    writer.nestEnd();
  } catch (error) {
    throw within(tag, error);
  }
}

/** Structures that begin with their length, which is computed, each followed by attributes. */
function writeRecords(
  header: StructSpec,
  set: SetSpec,
  writer: WireWriter,
  id: number,
  records: readonly Values[],
): void {
  const [lengthMember] = header.members;
  writer.nestStart(id, 0);
  records.forEach((record, index) => {
    const start = writer.length;
    try {
      writeBody(header, set, writer, objectOf(record), NONE);
      if (lengthMember?.type.kind === 'integer') {
        putInteger(lengthMember.type, writer, start, align4(writer.length - start));
      }
    } catch (error) {
      throw within(index, error);
    }
  });
  writer.nestEnd();
}
