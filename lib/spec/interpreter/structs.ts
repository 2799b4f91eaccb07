import type { WireView } from '../../wire/view.js';
import type { WireWriter } from '../../wire/writer.js';
import type { AddressForm, IntegerType, MemberSpec, StructSpec, StructType } from '../model.js';
import {
  ipBytes,
  ipv4Bytes,
  ipv6Bytes,
  macBytes,
  readIp,
  readIpv4,
  readIpv6,
  readMac,
  readUuid,
  uuidBytes,
} from '../runtime/addresses.js';
import { bytesOf, type Bytes } from '../../wire/bytes.js';
import { atMost, listOf, objectOf, refuseUnknown, textOf, upTo, within } from '../runtime/input.js';
import { putInteger, readInteger } from './integers.js';
import { membersByKey } from './tables.js';

export type Values = Record<string, unknown>;

/**
 * Reads the complete members of a structure, since structures differ in length between kernels.
 * The bytes after them are in `tail`.
 */
export function readStruct(
  struct: StructSpec,
  view: WireView,
  from: number,
  end: number,
  strict: boolean,
): Values {
  const values: Values = {};
  let read = 0;
  let complete = true;
  for (const member of struct.members) {
    const at = from + member.offset;
    if (at + member.least > end) {
      complete = false;
      break;
    }
    const taken = readMember(member, view, at, end, strict, values, member.key);
    read = member.offset + taken;
  }
  const next = from + (complete ? Math.max(read, struct.size) : read);
  if (next < end) values['tail'] = view.binary(next, end);
  return values;
}

/** Reads one member into `values`; returns how many bytes it took. */
export function readMember(
  member: MemberSpec,
  view: WireView,
  at: number,
  end: number,
  strict: boolean,
  values: Values,
  key: string,
): number {
  const { type } = member;
  const limit = member.length === 0 ? end : at + member.length;
  switch (type.kind) {
    case 'pad':
      return member.length;
    case 'integer':
      values[key] = readInteger(type, view, at, limit, strict);
      break;
    case 'address':
      values[key] = readAddress(type.form, view, at, limit);
      break;
    case 'string':
      values[key] = view.string(at, limit);
      break;
    case 'bytes':
      values[key] = view.binary(at, limit);
      break;
    case 'struct':
      values[key] = readStruct(type.struct, view, at, limit, strict);
      break;
    case 'array':
      values[key] = readArray(type.of, view, at, limit, strict);
      return limit - at - ((limit - at) % elementSize(type.of));
  }
  return limit - at;
}

/** Reads as many whole elements as there are. */
export function readArray(
  of: IntegerType | StructType,
  view: WireView,
  from: number,
  end: number,
  strict: boolean,
): unknown[] {
  const size = elementSize(of);
  const elements: unknown[] = [];
  for (let at = from; at + size <= end; at += size) {
    elements.push(
      of.kind === 'integer'
        ? readInteger(of, view, at, at + size, strict)
        : readStruct(of.struct, view, at, at + size, strict),
    );
  }
  return elements;
}

export function elementSize(of: IntegerType | StructType): number {
  return of.kind === 'integer' ? of.width : of.struct.size;
}

export function readAddress(form: AddressForm, view: WireView, from: number, end: number): string {
  switch (form) {
    case 'mac':
      return readMac(view, from, end);
    case 'ipv4':
      return readIpv4(view, from, end);
    case 'ipv6':
      return readIpv6(view, from, end);
    case 'uuid':
      return readUuid(view, from, end);
    case 'ip':
      return readIp(view, from, end);
  }
}

export function addressBytes(form: AddressForm, input: unknown): Uint8Array {
  const given = input as string | Uint8Array;
  switch (form) {
    case 'mac':
      return macBytes(given);
    case 'ipv4':
      return ipv4Bytes(given);
    case 'ipv6':
      return ipv6Bytes(given);
    case 'uuid':
      return uuidBytes(given);
    case 'ip':
      return ipBytes(given);
  }
}

/** The length of a structure's value in bytes, including arrays and bytes that extend to its end. */
export function structLength(struct: StructSpec, input: unknown): number {
  const values = objectOf(input as Values);
  const last = struct.members.at(-1);
  if (last === undefined || last.length !== 0) return struct.size;
  return last.offset + restLength(last, values[last.key]);
}

/** Writes a structure into zeroed bytes at `offset`; omitted members stay zero. */
export function putStruct(struct: StructSpec, writer: WireWriter, offset: number, input: unknown): void {
  const values = objectOf(input as Values);
  const members = membersByKey(struct);
  for (const key in values) {
    const value = values[key];
    if (value === undefined || key === 'tail') continue;
    try {
      const member = members.get(key);
      if (member === undefined) refuseUnknown(values, key, struct.name, [...members.keys()]);
      else putMember(member, writer, offset + member.offset, value);
    } catch (error) {
      throw within(key, error);
    }
  }
}

export function putMember(member: MemberSpec, writer: WireWriter, at: number, value: unknown): void {
  const { type, length } = member;
  switch (type.kind) {
    case 'pad':
      return;
    case 'integer':
      putInteger(type, writer, at, value);
      return;
    case 'address':
      writer.putBytes(at, room(addressBytes(type.form, value), length));
      return;
    case 'string':
      writer.putBytes(at, upTo(new TextEncoder().encode(textOf(value as string)), length));
      return;
    case 'bytes':
      writer.putBytes(at, room(bytesOf(value as Bytes), length));
      return;
    case 'struct':
      putStruct(type.struct, writer, at, value);
      return;
    case 'array':
      putArray(type.of, writer, at, elementsOf(value, type.of, length));
  }
}

export function putArray(
  of: IntegerType | StructType,
  writer: WireWriter,
  offset: number,
  elements: readonly unknown[],
): void {
  const size = elementSize(of);
  elements.forEach((element, index) => {
    try {
      if (of.kind === 'integer') putInteger(of, writer, offset + index * size, element);
      else putStruct(of.struct, writer, offset + index * size, element);
    } catch (error) {
      throw within(index, error);
    }
  });
}

function restLength(member: MemberSpec, value: unknown): number {
  if (value === undefined) return 0;
  const { type } = member;
  if (type.kind === 'array') return listOf(value as unknown[]).length * elementSize(type.of);
  if (type.kind === 'address') return addressBytes(type.form, value).length;
  return bytesOf(value as Bytes).length;
}

function elementsOf(value: unknown, of: IntegerType | StructType, length: number): readonly unknown[] {
  const elements = listOf(value as unknown[]);
  return length === 0 ? elements : atMost(elements, length / elementSize(of));
}

function room(bytes: Uint8Array, length: number): Uint8Array {
  return length === 0 ? bytes : upTo(bytes, length);
}
