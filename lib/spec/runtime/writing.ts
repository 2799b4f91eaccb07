import { invalidArgument } from '../../errors.js';
import { shown } from '../../shown-value.js';
import { align4 } from '../../wire/byte-order.js';
import { bytesOf, type Bytes } from '../../wire/bytes.js';
import { NLA_TYPE_MASK } from '../../wire/constants.js';
import type { WireWriter } from '../../wire/writer.js';
import type { NarrowMethod, WideMethod } from '../integer-method.js';
import { putMethod } from '../integer-method.js';
import type { FlagSet, FlagsInput } from './enumeration.js';
import { type ExtraInputs, writeExtra } from './extra.js';
import { listOf, objectOf, refuseUnknown, textOf, upTo, within } from './input.js';

// What generated encoders call besides plain writes.

const encoder = new TextEncoder();

/** An entry of an indexed array to send, with its position. */
export type IndexedInput<T> = T & { readonly arrayIndex?: number | undefined };

/** Attributes in the order given; each entry is an object of one property. */
export function writeSequence<T extends object>(
  writer: WireWriter,
  type: number,
  entries: readonly T[],
  write: SetWriter<T>,
): void {
  writer.nestStart(type);
  each(listOf(entries), (entry) => {
    const keys = Object.entries(objectOf(entry)).flatMap(([key, value]) =>
      value === undefined ? [] : [key],
    );
    if (keys.length !== 1) {
      const has = keys.length === 0 ? 'none' : keys.join(', ');
      throw invalidArgument(
        `an entry must have exactly one property, got ${has}. Give each an entry of its own, in order`,
      );
    }
    write(writer, entry);
  });
  writer.nestEnd();
}

/** The bits of a BITFIELD32 attribute to send: their values, and which of them apply. */
export interface FlagFieldInput<Name extends string> {
  /** The bits to set. */
  readonly value: FlagsInput<Name>;
  /** The bits that `value` says something about. */
  readonly selector: FlagsInput<Name>;
}

/** Attributes or members of one object, in the order of its properties. */
export type SetWriter<T> = (writer: WireWriter, value: T, besides?: ReadonlySet<string>) => void;

/** Calls `write` for each entry of an array; errors name the entry. */
export function each<T>(entries: readonly T[], write: (entry: T, index: number) => void): void {
  listOf(entries).forEach((entry, index) => {
    try {
      write(entry, index);
    } catch (error) {
      throw within(index, error);
    }
  });
}

/** A structure as an attribute; `tail` holds bytes that a newer kernel expects after it. */
export function writeStruct<T extends { readonly tail?: Bytes | undefined }>(
  writer: WireWriter,
  type: number,
  length: number,
  value: T,
  put: (writer: WireWriter, at: number, value: T) => void,
): void {
  const { tail } = objectOf(value);
  const at = writer.attribute(type, length + (tail === undefined ? 0 : bytesOf(tail).length));
  put(writer, at, value);
  if (tail !== undefined) writer.putBytes(at + length, tail);
}

/** Writes a nested attribute whose contents `write` writes. */
export function writeNest<T extends object>(
  writer: WireWriter,
  type: number,
  value: T,
  write: SetWriter<T>,
): void {
  writer.nestStart(type);
  write(writer, objectOf(value));
  writer.nestEnd();
}

/** Checks a number that a caller passed for an attribute's type. */
function attributeNumber(value: unknown, name: string): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= NLA_TYPE_MASK)
    return value;
  throw invalidArgument(`'${name}' must be an integer from 0 to ${NLA_TYPE_MASK}, got ${shown(value)}`);
}

const ARRAY_INDEX: ReadonlySet<string> = new Set(['arrayIndex']);

/** An indexed array of nested attributes; entries without a position are numbered from `first`. */
export function writeIndexedNests<T extends { readonly arrayIndex?: number | undefined }>(
  writer: WireWriter,
  type: number,
  first: number,
  entries: readonly T[],
  write: SetWriter<T>,
): void {
  writer.nestStart(type);
  each(entries, (entry, position) => {
    writer.nestStart(attributeNumber(objectOf(entry).arrayIndex ?? first + position, 'arrayIndex'));
    write(writer, entry, ARRAY_INDEX);
    writer.nestEnd();
  });
  writer.nestEnd();
}

/** An indexed array of other values. */
export function writeIndexed<T>(
  writer: WireWriter,
  type: number,
  first: number,
  entries: readonly T[],
  write: (type: number, entry: T) => void,
): void {
  writer.nestStart(type);
  each(entries, (entry, position) => write(first + position, entry));
  writer.nestEnd();
}

/** A value nested once for each of its keys. */
export function writeKeyed<T extends object>(
  writer: WireWriter,
  type: number,
  names: readonly (keyof T & string)[],
  value: T,
  write: (type: number, value: T) => void,
): void {
  let inner = type;
  objectOf(value);
  for (const name of names) {
    writer.nestStart(inner);
    const key: unknown = value[name];
    inner = attributeNumber(key, name);
  }
  write(inner, value);
  for (let open = names.length; open > 0; open--) writer.nestEnd();
}

/** Attributes nested once for each of their keys, which are further properties of the same object. */
export function writeKeyedNest<T extends object>(
  writer: WireWriter,
  type: number,
  names: readonly (keyof T & string)[],
  value: T,
  write: SetWriter<T>,
): void {
  writeKeyed(writer, type, names, value, (inner) => {
    writer.nestStart(inner);
    write(writer, value, new Set(names));
    writer.nestEnd();
  });
}

/** A sub-message of a format that has no attributes of its own. */
export function writeNothingNest(writer: WireWriter, type: number, value: ExtraInputs): void {
  writer.nestStart(type, 0);
  writeNothing(writer, value);
  writer.nestEnd();
}

/** A message with neither fixed header nor attributes. */
export function writeNothing(writer: WireWriter, value: ExtraInputs): void {
  for (const key in objectOf(value)) {
    if (key === 'extra' && value.extra !== undefined) writeExtra(writer, listOf(value.extra));
    else refuseUnknown(value, key, 'this message', []);
  }
}

/** A C array of structures. */
export function putStructs<T>(
  writer: WireWriter,
  at: number,
  size: number,
  structs: readonly T[],
  put: (writer: WireWriter, at: number, value: T) => void,
): void {
  each(structs, (struct, index) => put(writer, at + index * size, struct));
}

/** Structures that begin with their length, which `patch` writes once the attributes after each are written. */
export function writeRecords<T extends object>(
  writer: WireWriter,
  type: number,
  records: readonly T[],
  write: SetWriter<T>,
  patch: (at: number, length: number) => void,
): void {
  writer.nestStart(type, 0);
  each(records, (record) => {
    const start = writer.length;
    write(writer, objectOf(record));
    patch(start, align4(writer.length - start));
  });
  writer.nestEnd();
}

/** The bits of a BITFIELD32 attribute, passed by name. */
export function writeFlagField<Name extends string>(
  writer: WireWriter,
  type: number,
  flags: FlagSet<Name>,
  field: FlagFieldInput<Name>,
): void {
  const { value, selector } = objectOf(field);
  writer.bitfield32(type, flags.mask(value), flags.mask(selector));
}

/** A C array of numbers. */
export function putNumbers(
  writer: WireWriter,
  at: number,
  method: NarrowMethod,
  width: number,
  numbers: readonly number[],
): void {
  each(numbers, (number, index) => writer[putMethod(method)](at + index * width, number));
}

/** Writes an array of 64-bit integers. */
export function putWideNumbers(
  writer: WireWriter,
  at: number,
  method: WideMethod,
  numbers: readonly (number | bigint)[],
): void {
  each(numbers, (number, index) => writer[putMethod(method)](at + index * 8, number));
}

/** Text in a structure with room for `length` bytes; the rest stays zero. */
export function putText(writer: WireWriter, at: number, length: number, text: string): void {
  writer.putBytes(at, upTo(encoder.encode(textOf(text)), length));
}

/**
 * The value of a fixed header's member of `width` bytes for which a wider attribute of the same name exists: the same
 * value if it fits, since old readers look there.
 */
export function narrowed(value: unknown, width: number): number | undefined {
  if (typeof value !== 'number' || !Number.isInteger(value)) return undefined;
  return value >= 0 && value < 2 ** (width * 8) ? value : undefined;
}
