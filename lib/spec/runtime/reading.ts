import { malformed } from '../../errors.js';
import { align4, LITTLE_ENDIAN_HOST } from '../../wire/byte-order.js';
import { NLA_HDRLEN } from '../../wire/constants.js';
import { WireView } from '../../wire/view.js';
import type { NarrowMethod, WideMethod } from '../integer-method.js';
import type { FlagName, FlagSet } from './enumeration.js';
import { type Decoded, keepUnknown } from './extra.js';

// What generated decoders call besides plain reads.

/** An object while it is being filled. */
export type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/**
 * Creates a constructor of plain objects that hold more than four properties in one piece of memory. V8 gives `{}` room for
 * four, and puts the others into a second piece, which each garbage collection must also move while the objects are kept.
 * V8 learns from the first objects how much room to reserve, so each kind of object needs its own constructor.
 */
export function roomy<T>(): new () => Partial<Mutable<T>> {
  const Roomy = function () {} as unknown as new () => Partial<Mutable<T>>;
  Roomy.prototype = Object.prototype;
  return Roomy;
}

/** An entry of an array whose positions the kernel numbers. */
export type Indexed<T> = T & { readonly arrayIndex: number };

/** The bits of a BITFIELD32 attribute by name: their values, and which of them apply. */
export interface FlagField<Name extends string> {
  /** The bits that are set. */
  readonly value: readonly FlagName<Name>[];
  /** The bits that `value` says something about. */
  readonly selector: readonly FlagName<Name>[];
}

/** Reads a set's attributes into `value`, and returns it. */
export type SetReader<T> = (
  value: Mutable<T>,
  view: WireView,
  start: number,
  end: number,
  strict: boolean,
) => T;

/** Adds an entry to the values of an attribute that may occur more than once. */
export function append<T>(list: readonly T[] | undefined, entry: T): readonly T[] {
  if (list === undefined) return [entry];
  (list as T[]).push(entry);
  return list;
}

/** A C array of numbers: as many whole ones as there are. */
export function readNumbers(
  view: WireView,
  method: NarrowMethod,
  width: number,
  from: number,
  end: number,
): number[] {
  const numbers = new Array<number>(countOf(width, from, end));
  for (let index = 0; index < numbers.length; index++)
    numbers[index] = view[method](from + width * index, end);
  return numbers;
}

/** A C array of 64-bit numbers. */
export function readWideNumbers(view: WireView, method: WideMethod, from: number, end: number): bigint[] {
  const numbers = new Array<bigint>(countOf(8, from, end));
  for (let index = 0; index < numbers.length; index++) numbers[index] = view[method](from + 8 * index, end);
  return numbers;
}

/** A C array of structures. */
export function readStructs<T>(
  view: WireView,
  size: number,
  from: number,
  end: number,
  strict: boolean,
  read: (view: WireView, from: number, end: number, strict: boolean) => T,
): T[] {
  const structs = new Array<T>(countOf(size, from, end));
  for (let index = 0; index < structs.length; index++) {
    const at = from + size * index;
    structs[index] = read(view, at, at + size, strict);
  }
  return structs;
}

/** How many values of that size there are. Arrays are created with this length: V8 gives one that grows room for at least 17. */
function countOf(size: number, from: number, end: number): number {
  return Math.max(0, Math.floor((end - from) / size));
}

/** How many attributes there are before a malformed one, at which reading ends with an error. */
function countAttributes({ data }: WireView, from: number, end: number): number {
  let count = 0;
  for (let at = from, length = 0; end - at >= NLA_HDRLEN; at += align4(length)) {
    length = Math.max(NLA_HDRLEN, data.getUint16(at, LITTLE_ENDIAN_HOST));
    count += 1;
  }
  return count;
}

/** The entries of an indexed array of numbers, text or the like. */
export function readIndexed<T>(
  view: WireView,
  from: number,
  end: number,
  read: (from: number, end: number) => T,
): T[] {
  const values = new Array<T>(countAttributes(view, from, end));
  for (let index = 0, at = from; index < values.length; index++) {
    const length = view.attributeLength(at, end);
    values[index] = read(at + NLA_HDRLEN, at + length);
    at += align4(length);
  }
  return values;
}

/** The entries of an indexed array of nested attributes, each with its position. */
export function readIndexedNests<T>(
  view: WireView,
  from: number,
  end: number,
  strict: boolean,
  read: SetReader<T>,
): Indexed<T>[] {
  const again: string = 'arrayIndex';
  const values = new Array<Indexed<T>>(countAttributes(view, from, end));
  for (let index = 0, at = from; index < values.length; index++) {
    const length = view.attributeLength(at, end);
    const arrayIndex = view.attributeType(at);
    // Room for a few attributes: see lib/spec/generator/room.ts.
    const entry = { arrayIndex, [again]: arrayIndex, [again]: arrayIndex, [again]: arrayIndex };
    values[index] = read(
      entry as Mutable<Indexed<T>>,
      view,
      at + NLA_HDRLEN,
      at + length,
      strict,
    ) as Indexed<T>;
    at += align4(length);
  }
  return values;
}

/**
 * A value that is nested once for each of its keys, which are the types of the nested attributes. The kernel sends one
 * entry per level; one object cannot express more.
 */
export function readKeyed<Key extends string, T>(
  view: WireView,
  from: number,
  end: number,
  names: readonly Key[],
  read: (keys: Record<Key, number>, from: number, end: number) => T,
): T {
  const keys = {} as Record<Key, number>;
  let start = from;
  let limit = end;
  for (const name of names) {
    if (limit - start < NLA_HDRLEN) throw malformed(`${name} must hold one attribute, got none`);
    const length = view.attributeLength(start, limit);
    if (limit - start - align4(length) >= NLA_HDRLEN) {
      throw malformed(`${name} must hold one attribute, got more`);
    }
    keys[name] = view.attributeType(start);
    limit = start + length;
    start += NLA_HDRLEN;
  }
  return read(keys, start, limit);
}

/** Structures that begin with their length (16 bits), which includes the attributes after each of them. */
export function readRecords<T>(
  view: WireView,
  size: number,
  from: number,
  end: number,
  strict: boolean,
  read: (view: WireView, from: number, end: number, strict: boolean) => T,
): T[] {
  const records: T[] = [];
  for (let at = from; at < end;) {
    const length = view.u16(at, end);
    if (length < size || length > end - at) {
      throw malformed(`the record at byte ${at} claims ${length} bytes, and ${end - at} are left`);
    }
    records.push(read(view, at, at + length, strict));
    at += align4(length);
  }
  return records;
}

/** Attributes in their order: an object for each. `read` decodes what lies between two offsets. */
export function readSequence<T>(
  view: WireView,
  from: number,
  end: number,
  read: (entry: Mutable<T>, start: number, end: number) => T,
): T[] {
  const entries: T[] = [];
  for (let at = from; end - at >= NLA_HDRLEN;) {
    const length = view.attributeLength(at, end);
    entries.push(read({} as Mutable<T>, at, at + length));
    at += align4(length);
  }
  return entries;
}

/** A sub-message of a format that has no attributes; keeps any that are present. */
export function readNothing(
  value: Mutable<Decoded>,
  view: WireView,
  start: number,
  end: number,
  strict: boolean,
): Decoded {
  for (let at = start; end - at >= NLA_HDRLEN;) {
    const length = view.attributeLength(at, end);
    keepUnknown(value, view, at, strict);
    at += align4(length);
  }
  return value;
}

/** A sub-message of unknown format, as bytes. */
export function readRaw(
  view: WireView,
  from: number,
  end: number,
  what: string,
  selected: unknown,
  strict: boolean,
): { readonly raw: Uint8Array } {
  if (strict) throw malformed(`unknown format '${String(selected)}' of ${what}`);
  return { raw: view.binary(from, end) };
}

/** A bitfield32 with the names of its bits. */
export function readFlagField<Name extends string>(
  flags: FlagSet<Name>,
  view: WireView,
  from: number,
  end: number,
  strict: boolean,
): FlagField<Name> {
  const { value, selector } = view.bitfield32(from, end);
  return { value: flags.names(value, strict), selector: flags.names(selector, strict) };
}

/** Adds the bytes after a structure's last member as `tail`, if a newer kernel sent any. */
export function withTail<T extends object>(value: T, view: WireView, from: number, end: number): T {
  return from < end ? { ...value, tail: view.binary(from, end) } : value;
}

/** The end of each member of a structure, in its order. */
export type MemberEnds = Readonly<Record<string, number>>;

/**
 * A structure shorter than the specification's, as an older kernel sends it: its complete members, and
 * the remaining bytes as `tail`.
 */
export function readShort<T extends object>(
  view: WireView,
  from: number,
  end: number,
  size: number,
  ends: MemberEnds,
  strict: boolean,
  read: (view: WireView, from: number, end: number, strict: boolean) => T,
): T {
  const padded = new Uint8Array(size);
  padded.set(view.bytes.subarray(from, end));
  const length = end - from;
  const whole = read(new WireView(padded), 0, size, strict);
  const there = Object.entries(whole).filter(([key]) => (ends[key] ?? 0) <= length);
  const next = Math.max(0, ...there.map(([key]) => ends[key] ?? 0));
  return withTail(Object.fromEntries(there) as T, view, from + next, end);
}
