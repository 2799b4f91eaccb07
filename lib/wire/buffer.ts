import { shown } from '../shown-value.js';
import { invalidArgument } from '../errors.js';
import { bytesOf, trueLength, type Bytes } from './bytes.js';
import { align4, LITTLE_ENDIAN_HOST } from './byte-order.js';

/** Up to this many bytes a loop beats TypedArray's methods, which are calls out of compiled code. */
const LOOP_LIMIT = 64;
const U64_MAX = 0xffffffffffffffffn;
const S64_MAX = 0x7fffffffffffffffn;
const S64_MIN = -0x8000000000000000n;

/** Bytes that grow as they are written and can be used again; the numbers of every width, checked against their range. */
export class WireBuffer {
  /** The memory; longer than what is used. */
  protected storage: Uint8Array<ArrayBuffer>;
  /** The same memory as a DataView. */
  protected data: DataView;
  /** Bytes written. */
  protected used = 0;
  #memory: ArrayBuffer;

  constructor(capacity: number) {
    const buffer = new ArrayBuffer(capacity);
    this.#memory = buffer;
    this.storage = new Uint8Array(buffer);
    this.data = new DataView(buffer);
  }

  /** The whole buffer, written or not. Growing replaces it, so fetch it again after each write. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.storage;
  }

  /** The memory of {@link bytes}, kept here because reading it from a typed array is a call out of compiled code. */
  get memory(): ArrayBuffer {
    return this.#memory;
  }

  /** How many bytes are written, which is also the offset of the next value. */
  get length(): number {
    return this.used;
  }

  /** A copy of what was written. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.storage.slice(0, this.used);
  }

  /** Appends `length` zero bytes, for a fixed header or a structure, padded to four; returns their offset for the `put` methods. */
  space(length: number): number {
    const at = this.used;
    const padded = align4(length);
    this.reserve(padded);
    this.zero(at, at + padded);
    this.used = at + padded;
    return at;
  }

  /** Appends bytes as they are, padded to four. */
  append(bytes: Bytes): void {
    const at = this.used;
    const own = bytesOf(bytes);
    const length = own.length;
    this.reserve(align4(length));
    this.copy(own, at, length);
    this.used = at + length;
    this.pad();
  }

  /** Writes an unsigned byte at `offset`. Throws a RangeError if the value does not fit, as all of these do. */
  putU8(offset: number, value: number): void {
    if ((value & 0xff) !== value) throw this.rangeError(value, 0, 0xff);
    this.data.setUint8(offset, value);
  }

  /** Writes a signed byte at `offset`. */
  putS8(offset: number, value: number): void {
    if ((value << 24) >> 24 !== value) throw this.rangeError(value, -0x80, 0x7f);
    this.data.setInt8(offset, value);
  }

  /** Writes an unsigned 16-bit integer at `offset`, in the host's byte order. */
  putU16(offset: number, value: number): void {
    if ((value & 0xffff) !== value) throw this.rangeError(value, 0, 0xffff);
    this.data.setUint16(offset, value, LITTLE_ENDIAN_HOST);
  }

  /** Writes a signed 16-bit integer at `offset`, in the host's byte order. */
  putS16(offset: number, value: number): void {
    if ((value << 16) >> 16 !== value) throw this.rangeError(value, -0x8000, 0x7fff);
    this.data.setInt16(offset, value, LITTLE_ENDIAN_HOST);
  }

  /** Writes an unsigned 32-bit integer at `offset`, in the host's byte order. */
  putU32(offset: number, value: number): void {
    if (value >>> 0 !== value) throw this.rangeError(value, 0, 0xffffffff);
    this.data.setUint32(offset, value, LITTLE_ENDIAN_HOST);
  }

  /** Writes a signed 32-bit integer at `offset`, in the host's byte order. */
  putS32(offset: number, value: number): void {
    if ((value | 0) !== value) throw this.rangeError(value, -0x80000000, 0x7fffffff);
    this.data.setInt32(offset, value, LITTLE_ENDIAN_HOST);
  }

  /** Writes an unsigned 64-bit integer at `offset`, in the host's byte order. */
  putU64(offset: number, value: bigint | number): void {
    this.data.setBigUint64(offset, this.#unsigned(value), LITTLE_ENDIAN_HOST);
  }

  /** Writes a signed 64-bit integer at `offset`, in the host's byte order. */
  putS64(offset: number, value: bigint | number): void {
    this.data.setBigInt64(offset, this.#signed(value), LITTLE_ENDIAN_HOST);
  }

  /** Writes an unsigned 16-bit integer at `offset`, in network byte order. */
  putU16be(offset: number, value: number): void {
    if ((value & 0xffff) !== value) throw this.rangeError(value, 0, 0xffff);
    this.data.setUint16(offset, value);
  }

  /** Writes a signed 16-bit integer at `offset`, in network byte order. */
  putS16be(offset: number, value: number): void {
    if ((value << 16) >> 16 !== value) throw this.rangeError(value, -0x8000, 0x7fff);
    this.data.setInt16(offset, value);
  }

  /** Writes an unsigned 32-bit integer at `offset`, in network byte order. */
  putU32be(offset: number, value: number): void {
    if (value >>> 0 !== value) throw this.rangeError(value, 0, 0xffffffff);
    this.data.setUint32(offset, value);
  }

  /** Writes a signed 32-bit integer at `offset`, in network byte order. */
  putS32be(offset: number, value: number): void {
    if ((value | 0) !== value) throw this.rangeError(value, -0x80000000, 0x7fffffff);
    this.data.setInt32(offset, value);
  }

  /** Writes an unsigned 64-bit integer at `offset`, in network byte order. */
  putU64be(offset: number, value: bigint | number): void {
    this.data.setBigUint64(offset, this.#unsigned(value));
  }

  /** Writes a signed 64-bit integer at `offset`, in network byte order. */
  putS64be(offset: number, value: bigint | number): void {
    this.data.setBigInt64(offset, this.#signed(value));
  }

  /** Overwrites the bytes at `offset`, for example those of {@link space}. */
  putBytes(offset: number, bytes: Bytes): void {
    const own = bytesOf(bytes);
    const length = own.length;
    if (!(offset >= 0 && offset + length <= this.used)) {
      throw invalidArgument(
        `putBytes: bytes ${offset} to ${offset + length} are beyond the ${this.used} written`,
      );
    }
    this.copy(own, offset, length);
  }

  /** Makes room for `length` more bytes. */
  protected reserve(length: number): void {
    const needed = this.used + length;
    if (needed > this.storage.length) this.#grow(needed);
  }

  /** Zeroes the bytes up to the next multiple of four, for which {@link reserve} has made room. */
  protected pad(): void {
    const padded = align4(this.used);
    while (this.used < padded) this.storage[this.used++] = 0;
  }

  /** Zeroes the bytes from `from` up to `to`. */
  protected zero(from: number, to: number): void {
    if (to - from > LOOP_LIMIT) this.storage.fill(0, from, to);
    else for (let at = from; at < to; at++) this.storage[at] = 0;
  }

  /**
   * Copies `length` bytes, the whole of `bytes`. No older content may remain in between, so an array whose
   * `length` claims more than it has is refused.
   */
  protected copy(bytes: Uint8Array, offset: number, length: number): void {
    if (length > LOOP_LIMIT) {
      if (trueLength(bytes) !== length) throw invalidArgument('the bytes must not override their length');
      this.storage.set(bytes, offset);
    } else for (let index = 0; index < length; index++) this.storage[offset + index] = bytes[index] ?? 0;
  }

  protected rangeError(value: unknown, lowest: number | bigint, highest: number | bigint): Error {
    return invalidArgument(`${shown(value)} must be an integer from ${lowest} to ${highest}`);
  }

  #unsigned(value: unknown): bigint {
    if (typeof value === 'number') {
      if (!Number.isSafeInteger(value) || value < 0) throw this.rangeError(value, 0n, U64_MAX);
      return BigInt(value);
    }
    if (typeof value !== 'bigint' || BigInt.asUintN(64, value) !== value)
      throw this.rangeError(value, 0n, U64_MAX);
    return value;
  }

  #signed(value: unknown): bigint {
    if (typeof value === 'number') {
      if (!Number.isSafeInteger(value)) throw this.rangeError(value, S64_MIN, S64_MAX);
      return BigInt(value);
    }
    if (typeof value !== 'bigint' || BigInt.asIntN(64, value) !== value)
      throw this.rangeError(value, S64_MIN, S64_MAX);
    return value;
  }

  #grow(needed: number): void {
    const grown = new Uint8Array(Math.max(needed, this.storage.length * 2));
    grown.set(this.storage.subarray(0, this.used));
    this.#memory = grown.buffer;
    this.storage = grown;
    this.data = new DataView(grown.buffer);
  }
}
