import { invalidArgument } from '../../errors.js';
import { align4, LITTLE_ENDIAN_HOST } from '../../wire/byte-order.js';
import { NLA_HDRLEN } from '../../wire/constants.js';
import type { AttributeKind } from '../../wire/description.js';
import type { WireView } from '../../wire/view.js';
import { AddressRows } from './address-rows.js';
import type { ColumnsOf } from './client.js';
import { brokenAttribute, tooShort } from './extra.js';
import type { BodyCodec, DescribedAttribute, DescribedMember } from './family.js';
import { Presence, trimmed } from './rows.js';

type NumberArray = Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array;
type WideArray = BigInt64Array | BigUint64Array;

/** How the values of one property are kept while a dump comes in. */
interface Column {
  /** Reads the value at `from`, which ends before `end`, into `row`. */
  put(view: WireView, from: number, end: number, row: number): void;
  /** Makes room for `capacity` rows. */
  grow(capacity: number): void;
  /** What is given to the caller: `length` rows, of which `present` had a value. */
  finish(length: number, present: Presence): unknown;
}

const FIRST_CAPACITY = 4096;
/**
 * Memory that was outgrown stays until the next garbage collection: large steps leave little of it, and what has not
 * been written to yet takes none. (Detaching it would free it at once, and slow down every typed array of the process.)
 */
const GROWTH = 16;
const LE = LITTLE_ENDIAN_HOST;

/** Gathers the messages of a dump as columns. */
export class ColumnReader {
  readonly #keys: readonly string[];
  readonly #makeColumns: (() => Column)[] = [];
  readonly #members: { readonly member: DescribedMember; readonly index: number }[] = [];
  /** By an attribute's number: the number of its column, counted from 1. */
  readonly #byType: Uint8Array;
  readonly #headerLength: number;
  readonly #wantsAttributes: boolean;
  #columns: Column[] = [];
  #present: Presence[] = [];
  #length = 0;
  #capacity = FIRST_CAPACITY;

  constructor(body: BodyCodec, keys: readonly string[]) {
    this.#keys = keys;
    this.#headerLength = body.headerLength;
    const described = Object.entries(body.attributes());
    this.#byType = new Uint8Array(Math.max(0, ...described.map(([number]) => Number(number))) + 1);
    keys.forEach((key, index) => {
      const member = body.header.find(({ name }) => name === key);
      const [number, attribute] = described.find(([, { name }]) => name === key) ?? [];
      if (member !== undefined) this.#members.push({ member, index });
      else this.#byType[Number(number)] = index + 1;
      this.#makeColumns.push(() => columnFor(key, member ?? attribute));
    });
    this.#wantsAttributes = this.#members.length < keys.length;
    this.reset();
  }

  /** Forgets everything: the dump begins anew. */
  reset(): void {
    this.#length = 0;
    this.#capacity = FIRST_CAPACITY;
    this.#columns = this.#makeColumns.map((make) => make());
    for (const column of this.#columns) column.grow(FIRST_CAPACITY);
    this.#present = this.#keys.map(() => new Presence());
  }

  /** Takes one message, whose fixed header begins at `start`. */
  add(view: WireView, start: number, end: number): void {
    if (end - start < this.#headerLength) tooShort(end - start, this.#headerLength);
    if (this.#length === this.#capacity) this.#grow();
    const row = this.#length++;
    for (const { member, index } of this.#members) {
      const from = start + member.offset;
      this.#put(index, view, from, from + member.length, row);
    }
    if (this.#wantsAttributes) this.#addAttributes(view, start, end, row);
  }

  #addAttributes(view: WireView, start: number, end: number, row: number): void {
    const { data } = view;
    const byType = this.#byType;
    for (let at = start + this.#headerLength, length = 0; end - at >= NLA_HDRLEN; at += align4(length)) {
      length = data.getUint16(at, LE);
      if (length < NLA_HDRLEN || length > end - at) brokenAttribute(at, length, end);
      const column = byType[data.getUint16(at + 2, LE) & 0x3fff];
      if (column !== undefined && column !== 0) {
        this.#put(column - 1, view, at + NLA_HDRLEN, at + length, row);
      }
    }
  }

  finish<Columns, Key extends keyof Columns & string>(): ColumnsOf<Columns, Key> {
    const length = this.#length;
    const present = new Map(this.#keys.map((key, index) => [key, this.#present[index]]));
    const columns = this.#keys.map((key, index) => [
      key,
      this.#columns[index]?.finish(length, this.#present[index] ?? new Presence()),
    ]);
    return {
      length,
      columns: Object.fromEntries(columns) as Pick<Columns, Key>,
      has: (key, row) => row < length && present.get(key)?.has(row) === true,
    };
  }

  #put(index: number, view: WireView, from: number, end: number, row: number): void {
    this.#columns[index]?.put(view, from, end, row);
    this.#present[index]?.add(row, this.#capacity);
  }

  #grow(): void {
    this.#capacity *= GROWTH;
    for (const column of this.#columns) column.grow(this.#capacity);
    for (const present of this.#present) present.grow(this.#capacity);
  }
}

function columnFor(key: string, described: DescribedAttribute | undefined): Column {
  if (described === undefined)
    throw invalidArgument(`'${key}' cannot be a column: there is none of that name`);
  const { kind, bigEndian = false, address } = described;
  if (address !== undefined) return new AddressRows(address);
  const column = kind === undefined ? undefined : columnOfKind(kind, !bigEndian && LE);
  if (column === undefined) throw invalidArgument(`'${key}' cannot be a column: it is ${kind ?? 'nested'}`);
  return column;
}

function columnOfKind(kind: AttributeKind, little: boolean): Column | undefined {
  switch (kind) {
    case 'u8':
    case 's8':
    case 'u16':
    case 's16':
    case 'u32':
    case 's32':
    case 'flag':
      return new NumberColumn(kind, little);
    case 'u64':
      return new WideColumn(BigUint64Array, (view, from, end) =>
        little ? view.u64(from, end) : view.u64be(from, end),
      );
    case 's64':
      return new WideColumn(BigInt64Array, (view, from, end) =>
        little ? view.s64(from, end) : view.s64be(from, end),
      );
    case 'uint':
      return new WideColumn(BigUint64Array, (view, from, end) => view.uint(from, end));
    case 'sint':
      return new WideColumn(BigInt64Array, (view, from, end) => view.sint(from, end));
    case 'string':
      return new TextColumn();
    default:
      return undefined;
  }
}

type NumberKind = 'u8' | 's8' | 'u16' | 's16' | 'u32' | 's32' | 'flag';

const numberTypes = {
  u8: Uint8Array,
  s8: Int8Array,
  u16: Uint16Array,
  s16: Int16Array,
  u32: Uint32Array,
  s32: Int32Array,
  flag: Uint8Array,
} as const;

class NumberColumn implements Column {
  readonly #kind: NumberKind;
  readonly #little: boolean;
  readonly #width: number;
  #values: NumberArray;

  constructor(kind: NumberKind, little: boolean) {
    this.#kind = kind;
    this.#little = little;
    this.#values = new numberTypes[kind](0);
    this.#width = kind === 'flag' ? 0 : this.#values.BYTES_PER_ELEMENT;
  }

  /** A store for each kind: one that meets all of them takes several times as long. */
  put({ data }: WireView, from: number, end: number, row: number): void {
    if (end - from < this.#width) tooShort(end - from, this.#width);
    const values = this.#values;
    switch (this.#kind) {
      case 'u32':
        values[row] = data.getUint32(from, this.#little);
        break;
      case 's32':
        values[row] = data.getInt32(from, this.#little);
        break;
      case 'u16':
        values[row] = data.getUint16(from, this.#little);
        break;
      case 's16':
        values[row] = data.getInt16(from, this.#little);
        break;
      case 'u8':
        values[row] = data.getUint8(from);
        break;
      case 's8':
        values[row] = data.getInt8(from);
        break;
      case 'flag':
        values[row] = 1;
    }
  }

  grow(capacity: number): void {
    const values = new numberTypes[this.#kind](capacity);
    values.set(this.#values);
    this.#values = values;
  }

  finish(length: number): NumberArray {
    return trimmed(this.#values, length);
  }
}

class WideColumn implements Column {
  #values: WideArray;
  readonly #Type: new (length: number) => WideArray;
  readonly #read: (view: WireView, from: number, end: number) => bigint;

  constructor(
    Type: new (length: number) => WideArray,
    read: (view: WireView, from: number, end: number) => bigint,
  ) {
    this.#Type = Type;
    this.#read = read;
    this.#values = new Type(0);
  }

  put(view: WireView, from: number, end: number, row: number): void {
    this.#values[row] = this.#read(view, from, end);
  }

  grow(capacity: number): void {
    const values = new this.#Type(capacity);
    values.set(this.#values);
    this.#values = values;
  }

  finish(length: number): WideArray {
    return trimmed(this.#values, length);
  }
}

class TextColumn implements Column {
  readonly #values: (string | undefined)[] = [];

  put(view: WireView, from: number, end: number, row: number): void {
    this.#values[row] = view.string(from, end);
  }

  grow(): void {
    // An array of JavaScript grows by itself.
  }

  finish(length: number): (string | undefined)[] {
    return Array.from({ length }, (_, row) => this.#values[row]);
  }
}
