import { align4, LITTLE_ENDIAN_HOST } from './byte-order.js';
import { NLA_F_NESTED, NLA_F_NET_BYTEORDER, NLA_HDRLEN, NLA_TYPE_MASK } from './constants.js';
import { type Bitfield32, WireView } from './view.js';

/**
 * Walks the attributes of a message or of a nested attribute. The plain methods read the current one.
 *
 * ```ts
 * const attributes = new AttributeReader(payload, 16);
 * while (attributes.next()) {
 *   if (attributes.type === IFLA_MTU) mtu = attributes.u32();
 * }
 * ```
 *
 * An attribute that extends past its container, or whose payload is too short for the value that is read, is an
 * `ERR_NETLINK_MALFORMED`. Fewer than four bytes at the end are padding.
 */
export class AttributeReader {
  /** The datagram. */
  readonly view: WireView;
  /** Where the current attribute's payload begins in `view`, and the first byte after it. */
  offset: number;
  /** Where the attribute's payload ends. */
  end: number;
  /** The current attribute's number, without flag bits. */
  type = 0;
  #flags = 0;
  #next: number;
  readonly #limit: number;

  constructor(source: WireView | Uint8Array, start = 0, end: number = source.length) {
    this.view = source instanceof WireView ? source : new WireView(source);
    this.offset = start;
    this.end = start;
    this.#next = start;
    this.#limit = end;
  }

  /** Moves to the next attribute; false after the last. */
  next(): boolean {
    const at = this.#next;
    if (this.#limit - at < NLA_HDRLEN) return false;
    const length = this.view.attributeLength(at, this.#limit);
    const type = this.view.data.getUint16(at + 2, LITTLE_ENDIAN_HOST);
    this.type = type & NLA_TYPE_MASK;
    this.#flags = type;
    this.offset = at + NLA_HDRLEN;
    this.end = at + length;
    this.#next = at + align4(length);
    return true;
  }

  /** Whether the sender marked the attribute as nested (NLA_F_NESTED). */
  get isNested(): boolean {
    return (this.#flags & NLA_F_NESTED) !== 0;
  }

  /** Whether the sender marked the payload as big-endian (NLA_F_NET_BYTEORDER). */
  get isBigEndian(): boolean {
    return (this.#flags & NLA_F_NET_BYTEORDER) !== 0;
  }

  /** The length of the payload in bytes. */
  get length(): number {
    return this.end - this.offset;
  }

  /** The payload as an unsigned byte. */
  u8(): number {
    return this.view.u8(this.offset, this.end);
  }

  /** The payload as a signed byte. */
  s8(): number {
    return this.view.s8(this.offset, this.end);
  }

  /** The payload as an unsigned 16-bit integer in the host's byte order. */
  u16(): number {
    return this.view.u16(this.offset, this.end);
  }

  /** The payload as a signed 16-bit integer in the host's byte order. */
  s16(): number {
    return this.view.s16(this.offset, this.end);
  }

  /** The payload as an unsigned 32-bit integer in the host's byte order. */
  u32(): number {
    return this.view.u32(this.offset, this.end);
  }

  /** The payload as a signed 32-bit integer in the host's byte order. */
  s32(): number {
    return this.view.s32(this.offset, this.end);
  }

  /** The payload as an unsigned 64-bit integer in the host's byte order. */
  u64(): bigint {
    return this.view.u64(this.offset, this.end);
  }

  /** The payload as a signed 64-bit integer in the host's byte order. */
  s64(): bigint {
    return this.view.s64(this.offset, this.end);
  }

  /** The payload as an unsigned 16-bit integer in network byte order. */
  u16be(): number {
    return this.view.u16be(this.offset, this.end);
  }

  /** The payload as an unsigned 32-bit integer in network byte order. */
  u32be(): number {
    return this.view.u32be(this.offset, this.end);
  }

  /** The payload as an unsigned 64-bit integer in network byte order. */
  u64be(): bigint {
    return this.view.u64be(this.offset, this.end);
  }

  /** The payload as an unsigned integer of the width that the sender chose (NLA_UINT, NLA_SINT). */
  uint(): bigint {
    return this.view.uint(this.offset, this.end);
  }

  /** The payload as a signed integer of the width that the sender chose (NLA_UINT, NLA_SINT). */
  sint(): bigint {
    return this.view.sint(this.offset, this.end);
  }

  /** The payload as text, up to its NUL if it has one. */
  string(): string {
    return this.view.string(this.offset, this.end);
  }

  /** A copy of the payload. */
  binary(): Uint8Array {
    return this.view.binary(this.offset, this.end);
  }

  /** The payload as struct nla_bitfield32. */
  bitfield32(): Bitfield32 {
    return this.view.bitfield32(this.offset, this.end);
  }

  /** The attributes inside the current one. */
  nested(): AttributeReader {
    return new AttributeReader(this.view, this.offset, this.end);
  }
}
