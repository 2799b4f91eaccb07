import { malformed } from '../errors.js';
import { LITTLE_ENDIAN_HOST } from './byte-order.js';
import { NLA_HDRLEN, NLA_TYPE_MASK } from './constants.js';
import { DEEPEST_NEST } from './depth.js';
import { decodeText } from './text.js';
import { s64At, u64At } from './wide.js';

/** A BITFIELD32 attribute: the values of the bits, and which of them apply (struct nla_bitfield32). */
export interface Bitfield32 {
  /** The bits that are set. */
  readonly value: number;
  /** The bits that `value` says something about. */
  readonly selector: number;
}

/**
 * Reads values from one range of bytes, for example from a receive buffer that is reused.
 *
 * Every value is read at `offset` and must lie before `end`. Too few bytes are an `ERR_NETLINK_MALFORMED`, extra bytes are
 * ignored, since attributes and structures grow from kernel to kernel. Plain methods read in host order, those
 * ending in `be` in network order. Returned values are copies: they stay valid when the bytes change.
 */
export class WireView {
  /** The datagram. */
  readonly bytes: Uint8Array;
  /** The same memory as a DataView. */
  readonly data: DataView;
  #depth = 0;

  constructor(bytes: Uint8Array) {
    // Not `bytes` itself: a Buffer's slice() shares memory, where a Uint8Array's copies.
    this.bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Length in bytes. */
  get length(): number {
    return this.bytes.length;
  }

  /**
   * Call before reading the contents of an attribute that can contain itself. Throws ERR_NETLINK_MALFORMED if they are nested
   * too deep, so that the sender cannot decide how much stack reading uses. Call {@link leaveNest} afterwards.
   */
  enterNest(): void {
    if (this.#depth === DEEPEST_NEST)
      throw malformed(`attributes nested more than ${DEEPEST_NEST} levels deep`);
    this.#depth += 1;
  }

  /** Ends what `enterNest` began. */
  leaveNest(): void {
    this.#depth -= 1;
  }

  /** The length of the attribute at `offset`, header included, checked against its bounds (nla_len). */
  attributeLength(offset: number, end: number): number {
    if (end - offset < NLA_HDRLEN) throw short('an attribute header', NLA_HDRLEN, offset, end);
    const length = this.data.getUint16(offset, LITTLE_ENDIAN_HOST);
    if (length < NLA_HDRLEN || length > end - offset) {
      throw malformed(`the attribute at byte ${offset} claims ${length} bytes, and ${end - offset} are left`);
    }
    return length;
  }

  /** The type of the attribute at `offset`, without its flag bits. Check it with {@link attributeLength} first. */
  attributeType(offset: number): number {
    return this.data.getUint16(offset + 2, LITTLE_ENDIAN_HOST) & NLA_TYPE_MASK;
  }

  /** The unsigned byte at `offset`. Throws `ERR_NETLINK_MALFORMED` if `end` comes first, as all of these do. */
  u8(offset: number, end: number): number {
    if (end - offset < 1) throw short('a u8', 1, offset, end);
    return this.data.getUint8(offset);
  }

  /** The signed byte at `offset`. */
  s8(offset: number, end: number): number {
    if (end - offset < 1) throw short('an s8', 1, offset, end);
    return this.data.getInt8(offset);
  }

  /** The unsigned 16-bit integer at `offset`, in the host's byte order. */
  u16(offset: number, end: number): number {
    if (end - offset < 2) throw short('a u16', 2, offset, end);
    return this.data.getUint16(offset, LITTLE_ENDIAN_HOST);
  }

  /** The signed 16-bit integer at `offset`, in the host's byte order. */
  s16(offset: number, end: number): number {
    if (end - offset < 2) throw short('an s16', 2, offset, end);
    return this.data.getInt16(offset, LITTLE_ENDIAN_HOST);
  }

  /** The unsigned 32-bit integer at `offset`, in the host's byte order. */
  u32(offset: number, end: number): number {
    if (end - offset < 4) throw short('a u32', 4, offset, end);
    return this.data.getUint32(offset, LITTLE_ENDIAN_HOST);
  }

  /** The signed 32-bit integer at `offset`, in the host's byte order. */
  s32(offset: number, end: number): number {
    if (end - offset < 4) throw short('an s32', 4, offset, end);
    return this.data.getInt32(offset, LITTLE_ENDIAN_HOST);
  }

  /** The unsigned 64-bit integer at `offset`, in the host's byte order. */
  u64(offset: number, end: number): bigint {
    if (end - offset < 8) throw short('a u64', 8, offset, end);
    return u64At(this.data, offset, LITTLE_ENDIAN_HOST);
  }

  /** The signed 64-bit integer at `offset`, in the host's byte order. */
  s64(offset: number, end: number): bigint {
    if (end - offset < 8) throw short('an s64', 8, offset, end);
    return s64At(this.data, offset, LITTLE_ENDIAN_HOST);
  }

  /** The unsigned 16-bit integer at `offset`, in network byte order. */
  u16be(offset: number, end: number): number {
    if (end - offset < 2) throw short('a u16', 2, offset, end);
    return this.data.getUint16(offset);
  }

  /** The signed 16-bit integer at `offset`, in network byte order. */
  s16be(offset: number, end: number): number {
    if (end - offset < 2) throw short('an s16', 2, offset, end);
    return this.data.getInt16(offset);
  }

  /** The unsigned 32-bit integer at `offset`, in network byte order. */
  u32be(offset: number, end: number): number {
    if (end - offset < 4) throw short('a u32', 4, offset, end);
    return this.data.getUint32(offset);
  }

  /** The signed 32-bit integer at `offset`, in network byte order. */
  s32be(offset: number, end: number): number {
    if (end - offset < 4) throw short('an s32', 4, offset, end);
    return this.data.getInt32(offset);
  }

  /** The unsigned 64-bit integer at `offset`, in network byte order. */
  u64be(offset: number, end: number): bigint {
    if (end - offset < 8) throw short('a u64', 8, offset, end);
    return u64At(this.data, offset);
  }

  /** The signed 64-bit integer at `offset`, in network byte order. */
  s64be(offset: number, end: number): bigint {
    if (end - offset < 8) throw short('an s64', 8, offset, end);
    return s64At(this.data, offset);
  }

  /** An unsigned integer whose width depends on its value: 8 bytes, 4, or fewer (which no kernel sends yet) (NLA_UINT). */
  uint(offset: number, end: number): bigint {
    const width = end - offset;
    if (width >= 8) return this.u64(offset, end);
    if (width >= 4) return BigInt(this.u32(offset, end));
    if (width >= 2) return BigInt(this.u16(offset, end));
    return BigInt(this.u8(offset, end));
  }

  /** A signed integer whose width depends on its value (NLA_SINT). */
  sint(offset: number, end: number): bigint {
    const width = end - offset;
    if (width >= 8) return this.s64(offset, end);
    if (width >= 4) return BigInt(this.s32(offset, end));
    if (width >= 2) return BigInt(this.s16(offset, end));
    return BigInt(this.s8(offset, end));
  }

  /** The unsigned integer of the width between `offset` and `end`, in network byte order. */
  uintbe(offset: number, end: number): bigint {
    const width = end - offset;
    if (width >= 8) return this.u64be(offset, end);
    if (width >= 4) return BigInt(this.u32be(offset, end));
    if (width >= 2) return BigInt(this.u16be(offset, end));
    return BigInt(this.u8(offset, end));
  }

  /** The signed integer of the width between `offset` and `end`, in network byte order. */
  sintbe(offset: number, end: number): bigint {
    const width = end - offset;
    if (width >= 8) return this.s64be(offset, end);
    if (width >= 4) return BigInt(this.s32be(offset, end));
    if (width >= 2) return BigInt(this.s16be(offset, end));
    return BigInt(this.s8(offset, end));
  }

  /**
   * Text up to its NUL, or up to `end` without one. A byte that is not part of UTF-8 text becomes half of a surrogate pair,
   * U+DC80 to U+DCFF, which {@link WireWriter.string} turns back into the byte.
   */
  string(offset: number, end: number): string {
    return decodeText(this.bytes, offset, end);
  }

  /** A copy of the bytes. */
  binary(offset: number, end: number): Uint8Array {
    return this.bytes.slice(offset, end);
  }

  /** The struct nla_bitfield32 at `offset`. */
  bitfield32(offset: number, end: number): Bitfield32 {
    if (end - offset < 8) throw short('a bitfield32', 8, offset, end);
    return {
      value: this.data.getUint32(offset, LITTLE_ENDIAN_HOST),
      selector: this.data.getUint32(offset + 4, LITTLE_ENDIAN_HOST),
    };
  }
}

function short(what: string, needed: number, offset: number, end: number): Error {
  return malformed(`${what} at byte ${offset} must have ${needed} bytes, got ${Math.max(end - offset, 0)}`);
}
