import { invalidArgument } from '../../errors.js';
import { suggestion } from '../../known-names.js';
import { shown } from '../../shown-value.js';
import { align4, LITTLE_ENDIAN_HOST } from '../../wire/byte-order.js';
import { NLA_HDRLEN } from '../../wire/constants.js';
import type { AttributeKind } from '../../wire/description.js';
import type { WireView } from '../../wire/view.js';
import { AddressRows } from './address-rows.js';
import type { ColumnsOf } from './client.js';
import { brokenAttribute, tooShort } from './extra.js';
import type { BodyCodec, DescribedAttribute } from './family.js';
import { Gaps, trimmed } from './rows.js';

type NumberArray = Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array;
type WideArray = BigInt64Array | BigUint64Array;

/** Stores the values of one property while a dump arrives. */
interface Column {
  /** The rows as words, if the store keeps four-byte values unchanged. {@link put} may drop it, {@link grow} replaces it. */
  readonly words: Int32Array | undefined;
  /** Reads the value at `from`, which ends before `end`, into `row`. */
  put(view: WireView, from: number, end: number, row: number): void;
  /** Makes room for `capacity` rows. */
  grow(capacity: number): void;
  /** The column for the caller: `length` rows, of which those in `gaps` lacked a value. */
  finish(length: number, gaps: Gaps): unknown;
}

const FIRST_CAPACITY = 4096;
/**
 * Outgrown memory stays until the next garbage collection, and memory that was not yet written to costs nothing. So
 * capacity grows from a few rows to many in one step. (Detaching outgrown memory would free it at once,
 * but slow down every typed array of the process.)
 */
const SECOND_CAPACITY = 1024 * 1024;
const GROWTH = 16;
const LE = LITTLE_ENDIAN_HOST;

/** Gathers the messages of a dump as columns. */
export class ColumnReader {
  readonly #keys: readonly string[];
  readonly #makeColumns: (() => Column)[] = [];
  /** Members of the fixed header that are columns: their offsets, and the numbers of their columns. */
  readonly #members: { readonly offset: number; readonly end: number; readonly index: number }[] = [];
  /** By an attribute's number: the number of its column, counted from 1. */
  readonly #byType: Uint8Array;
  readonly #headerLength: number;
  readonly #wantsAttributes: boolean;
  #columns: Column[] = [];
  /** {@link Column.words} of each. */
  #words: (Int32Array | undefined)[] = [];
  /** The row in which each column had its last value. */
  readonly #last: Int32Array;
  #gaps: Gaps[] = [];
  #length = 0;
  #capacity = FIRST_CAPACITY;

  constructor(body: BodyCodec, keys: readonly string[]) {
    this.#keys = keys;
    this.#headerLength = body.headerLength;
    const described = Object.entries(body.attributes());
    this.#byType = new Uint8Array(Math.max(0, ...described.map(([number]) => Number(number))) + 1);
    const names = [...body.header.map(({ name }) => name), ...described.map(([, { name }]) => name)];
    keys.forEach((key, index) => {
      const member = body.header.find(({ name }) => name === key);
      const [number, attribute] = described.find(([, { name }]) => name === key) ?? [];
      if (member !== undefined)
        this.#members.push({ offset: member.offset, end: member.offset + member.length, index });
      else this.#byType[Number(number)] = index + 1;
      this.#makeColumns.push(() => columnFor(key, member ?? attribute, names));
    });
    this.#wantsAttributes = this.#members.length < keys.length;
    this.#last = new Int32Array(keys.length);
    this.reset();
  }

  /** Discards everything, because the dump restarts. */
  reset(): void {
    this.#length = 0;
    this.#capacity = FIRST_CAPACITY;
    this.#columns = this.#makeColumns.map((make) => make());
    for (const column of this.#columns) column.grow(FIRST_CAPACITY);
    this.#words = this.#columns.map(({ words }) => words);
    this.#last.fill(-1);
    this.#gaps = this.#keys.map(() => new Gaps());
  }

  /** Adds one message, whose fixed header begins at `start`. */
  add(view: WireView, start: number, end: number): void {
    if (end - start < this.#headerLength) tooShort(end - start, this.#headerLength);
    if (this.#length === this.#capacity) this.#grow();
    const row = this.#length++;
    let values = 0;
    for (const { index, offset, end: last } of this.#members)
      values += this.#put(index, view, start + offset, start + last, row);
    if (this.#wantsAttributes) values += this.#addAttributes(view, start + this.#headerLength, end, row);
    if (values < this.#last.length) this.#noteGaps(row);
  }

  /** Returns how many columns got a value. */
  #addAttributes(view: WireView, start: number, end: number, row: number): number {
    const { data } = view;
    const byType = this.#byType;
    let values = 0;
    for (let at = start, length = 0; end - at >= NLA_HDRLEN; at += align4(length)) {
      length = data.getUint16(at, LE);
      if (length < NLA_HDRLEN || length > end - at) brokenAttribute(at, length, end);
      const column = byType[data.getUint16(at + 2, LE) & 0x3fff];
      if (column !== undefined && column !== 0)
        values += this.#put(column - 1, view, at + NLA_HDRLEN, at + length, row);
    }
    return values;
  }

  finish<Columns, Key extends keyof Columns & string>(): ColumnsOf<Columns, Key> {
    const length = this.#length;
    const gaps = new Map(this.#keys.map((key, index) => [key, this.#gaps[index] ?? new Gaps()]));
    const columns = [...gaps].map(([key, lacking], index) => [
      key,
      this.#columns[index]?.finish(length, lacking),
    ]);
    return {
      length,
      columns: Object.fromEntries(columns) as Pick<Columns, Key>,
      has: (key, row) => row < length && gaps.get(key)?.has(row) === false,
    };
  }

  /** Returns 1 for the row's first value in that column, 0 for one that comes again. */
  #put(index: number, view: WireView, from: number, end: number, row: number): number {
    const words = this.#words[index];
    if (words !== undefined && end - from === 4) words[row] = view.data.getInt32(from, LE);
    else this.#putOther(index, view, from, end, row);
    if (this.#last[index] === row) return 0;
    this.#last[index] = row;
    return 1;
  }

  #putOther(index: number, view: WireView, from: number, end: number, row: number): void {
    const column = this.#columns[index];
    column?.put(view, from, end, row);
    if (this.#words[index] !== column?.words) this.#words[index] = column?.words;
  }

  #noteGaps(row: number): void {
    for (let index = 0; index < this.#last.length; index++) {
      if (this.#last[index] !== row) this.#gaps[index]?.add(row, this.#capacity);
    }
  }

  #grow(): void {
    this.#capacity = Math.max(SECOND_CAPACITY, this.#capacity * GROWTH);
    for (const column of this.#columns) column.grow(this.#capacity);
    this.#words = this.#columns.map(({ words }) => words);
  }
}

function columnFor(key: string, described: DescribedAttribute | undefined, known: Iterable<string>): Column {
  if (described === undefined)
    throw invalidArgument(`columns: unknown property ${shown(key)}${suggestion(key, known)}`);
  const { kind, bigEndian = false, address } = described;
  if (address !== undefined) return new AddressRows(address);
  const column = kind === undefined ? undefined : columnOfKind(kind, !bigEndian && LE);
  if (column === undefined)
    throw invalidArgument(
      `columns: ${shown(key)} must be a number or an address, but is ${kind ?? 'nested'}`,
    );
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
  words: Int32Array | undefined = undefined;

  constructor(kind: NumberKind, little: boolean) {
    this.#kind = kind;
    this.#little = little;
    this.#values = new numberTypes[kind](0);
    this.#width = kind === 'flag' ? 0 : this.#values.BYTES_PER_ELEMENT;
  }

  /** A class of store for each kind: one class for all kinds of typed array is several times slower. */
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
    if (this.#width === 4 && this.#little === LE) this.words = new Int32Array(values.buffer);
  }

  finish(length: number): NumberArray {
    return trimmed(this.#values, length);
  }
}

class WideColumn implements Column {
  readonly words = undefined;
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
  readonly words = undefined;
  readonly #values: (string | undefined)[] = [];

  put(view: WireView, from: number, end: number, row: number): void {
    this.#values[row] = view.string(from, end);
  }

  grow(): void {
    // A JavaScript array grows by itself.
  }

  finish(length: number): (string | undefined)[] {
    return Array.from({ length }, (_, row) => this.#values[row]);
  }
}
