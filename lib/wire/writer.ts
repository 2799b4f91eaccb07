import { invalidArgument } from '../errors.js';
import { shown } from '../shown-value.js';
import { align4, LITTLE_ENDIAN_HOST } from './byte-order.js';
import { WireBuffer } from './buffer.js';
import {
  GENL_HDRLEN,
  NLA_F_NESTED,
  NLA_HDRLEN,
  NLA_MAX_LENGTH,
  NLA_TYPE_MASK,
  NLMSG_HDRLEN,
} from './constants.js';
import { bytesOf, type Bytes } from './bytes.js';
import { DEEPEST_NEST } from './depth.js';
import { copyText, encodeText, HAS_NUL, NOT_TEXT } from './text.js';

const NONE = -1;
/** The most bytes that UTF-8 needs for one of a string's 16-bit units. */
const UTF8_BYTES_A_UNIT = 3;
const DEFAULT_CAPACITY = 512;

/**
 * Writes messages and attributes into a buffer that grows as needed and can be reused.
 *
 * ```ts
 * const writer = new WireWriter();
 * writer.messageStart(RTM_NEWLINK, NLM_F_REQUEST | NLM_F_ACK);
 * writer.space(16); // struct ifinfomsg, zeroed
 * writer.string(IFLA_IFNAME, 'test0');
 * writer.nestStart(IFLA_LINKINFO);
 * writer.string(IFLA_INFO_KIND, 'veth');
 * writer.nestEnd();
 * writer.messageEnd();
 * ```
 *
 * A value outside its type's range is an `ERR_NETLINK_INVALID_ARGUMENT` that identifies the attribute by the numbers in
 * its path. Everything is padded with zeros to four bytes. Plain methods write host order, those ending in `be`
 * network order. A type may carry flag bits, for example `type | NLA_F_NET_BYTEORDER`.
 */
export class WireWriter extends WireBuffer {
  #message = NONE;
  #attribute = NONE;
  readonly #nests: number[] = [];

  constructor(capacity: number = DEFAULT_CAPACITY) {
    super(capacity);
  }

  /** Discards everything from `length` on, including open nested attributes and an open message. */
  reset(length = 0): void {
    this.used = length;
    this.#message = NONE;
    this.#attribute = NONE;
    if (this.#nests.length > 0) this.#nests.length = 0;
  }

  /** Begins a message (struct nlmsghdr); returns its offset. The socket fills in sequence number and port id. */
  messageStart(type: number, flags: number, sequence = 0, portId = 0): number {
    if ((type & 0xffff) !== type) throw outOfRange('type', type, 0xffff);
    if ((flags & 0xffff) !== flags) throw outOfRange('flags', flags, 0xffff);
    if (sequence >>> 0 !== sequence) throw outOfRange('sequence', sequence, 0xffffffff);
    if (portId >>> 0 !== portId) throw outOfRange('portId', portId, 0xffffffff);
    const at = this.used;
    this.reserve(NLMSG_HDRLEN);
    this.data.setUint32(at, NLMSG_HDRLEN, LITTLE_ENDIAN_HOST);
    this.data.setUint16(at + 4, type, LITTLE_ENDIAN_HOST);
    this.data.setUint16(at + 6, flags, LITTLE_ENDIAN_HOST);
    this.data.setUint32(at + 8, sequence, LITTLE_ENDIAN_HOST);
    this.data.setUint32(at + 12, portId, LITTLE_ENDIAN_HOST);
    this.used = at + NLMSG_HDRLEN;
    this.#message = at;
    this.#attribute = NONE;
    return at;
  }

  /** Ends the current message by writing its length. Pass a smaller `length` to leave out padding. */
  messageEnd(length = this.used - this.#message): void {
    if (this.#message === NONE)
      throw invalidArgument('messageEnd: no message was started, call messageStart first');
    if (this.#nests.length !== 0)
      throw invalidArgument('messageEnd: a nested attribute is still open, call nestEnd first');
    this.data.setUint32(this.#message, length, LITTLE_ENDIAN_HOST);
    this.#message = NONE;
  }

  /** Appends the header of a Generic Netlink message (struct genlmsghdr). */
  genericHeader(command: number, version: number): void {
    const at = this.used;
    this.reserve(GENL_HDRLEN);
    this.putU8(at, command);
    this.putU8(at + 1, version);
    this.data.setUint16(at + 2, 0);
    this.used = at + GENL_HDRLEN;
  }

  /** Begins an attribute of `length` zero bytes; returns their offset for the `put` methods: structures and arrays. */
  attribute(type: number, length: number): number {
    const at = this.#header(type, length);
    this.zero(at, this.used);
    return at;
  }

  /** An attribute without payload whose presence means true; nothing is written for `false`. */
  flag(type: number, present = true): void {
    if (present) this.#header(type, 0);
  }

  /** Appends an attribute with an unsigned byte. */
  u8(type: number, value: number): void {
    this.putU8(this.#header(type, 1), value);
  }

  /** Appends an attribute with a signed byte. */
  s8(type: number, value: number): void {
    this.putS8(this.#header(type, 1), value);
  }

  /** Appends an attribute with an unsigned 16-bit integer in the host's byte order. */
  u16(type: number, value: number): void {
    this.putU16(this.#header(type, 2), value);
  }

  /** Appends an attribute with a signed 16-bit integer in the host's byte order. */
  s16(type: number, value: number): void {
    this.putS16(this.#header(type, 2), value);
  }

  /** Appends an attribute with an unsigned 32-bit integer in the host's byte order. */
  u32(type: number, value: number): void {
    this.putU32(this.#header(type, 4), value);
  }

  /** Appends an attribute with a signed 32-bit integer in the host's byte order. */
  s32(type: number, value: number): void {
    this.putS32(this.#header(type, 4), value);
  }

  /** Appends an attribute with an unsigned 64-bit integer in the host's byte order. */
  u64(type: number, value: bigint | number): void {
    this.putU64(this.#header(type, 8), value);
  }

  /** Appends an attribute with a signed 64-bit integer in the host's byte order. */
  s64(type: number, value: bigint | number): void {
    this.putS64(this.#header(type, 8), value);
  }

  /** Appends an attribute with an unsigned 16-bit integer in network byte order. */
  u16be(type: number, value: number): void {
    this.putU16be(this.#header(type, 2), value);
  }

  /** Appends an attribute with a signed 16-bit integer in network byte order. */
  s16be(type: number, value: number): void {
    this.putS16be(this.#header(type, 2), value);
  }

  /** Appends an attribute with an unsigned 32-bit integer in network byte order. */
  u32be(type: number, value: number): void {
    this.putU32be(this.#header(type, 4), value);
  }

  /** Appends an attribute with a signed 32-bit integer in network byte order. */
  s32be(type: number, value: number): void {
    this.putS32be(this.#header(type, 4), value);
  }

  /** Appends an attribute with an unsigned 64-bit integer in network byte order. */
  u64be(type: number, value: bigint | number): void {
    this.putU64be(this.#header(type, 8), value);
  }

  /** Appends an attribute with a signed 64-bit integer in network byte order. */
  s64be(type: number, value: bigint | number): void {
    this.putS64be(this.#header(type, 8), value);
  }

  /** An unsigned integer in four bytes, or in eight if it needs them (NLA_UINT). */
  uint(type: number, value: bigint | number): void {
    if (this.#isWithin(value, 0, 0xffffffff)) this.u32(type, Number(value));
    else this.u64(type, value);
  }

  /** A signed integer in four bytes, or in eight if it needs them (NLA_SINT). */
  sint(type: number, value: bigint | number): void {
    if (this.#isWithin(value, -0x80000000, 0x7fffffff)) this.s32(type, Number(value));
    else this.s64(type, value);
  }

  /** Appends an attribute with an unsigned integer in network byte order, of 4 bytes if it fits, otherwise of 8. */
  uintbe(type: number, value: bigint | number): void {
    if (this.#isWithin(value, 0, 0xffffffff)) this.u32be(type, Number(value));
    else this.u64be(type, value);
  }

  /** Appends an attribute with a signed integer in network byte order, of 4 bytes if it fits, otherwise of 8. */
  sintbe(type: number, value: bigint | number): void {
    if (this.#isWithin(value, -0x80000000, 0x7fffffff)) this.s32be(type, Number(value));
    else this.s64be(type, value);
  }

  /** Text as UTF-8, followed by a NUL unless the policy says otherwise. Bytes are written unchanged. */
  string(type: number, input: string | Bytes, terminated = true): void {
    this.#checkType(type);
    const isText = typeof input === 'string';
    const text = isText ? input : bytesOf(input);
    this.reserve(NLA_HDRLEN + align4((isText ? text.length * UTF8_BYTES_A_UNIT : text.length) + 1));
    const header = this.used;
    const at = header + NLA_HDRLEN;
    let end =
      typeof text === 'string' ? encodeText(text, this.storage, at) : copyText(text, this.storage, at);
    if (end === NOT_TEXT) throw this.#invalid(type, 'text must not contain half of a surrogate pair');
    if (end === HAS_NUL) throw this.#invalid(type, 'text must not contain a NUL');
    if (terminated) this.storage[end++] = 0;
    this.#checkLength(type, end - header);
    this.data.setUint16(header, end - header, LITTLE_ENDIAN_HOST);
    this.data.setUint16(header + 2, type, LITTLE_ENDIAN_HOST);
    this.used = end;
    this.pad();
  }

  /** Appends an attribute with these bytes. */
  binary(type: number, bytes: Bytes): void {
    const own = bytesOf(bytes);
    const length = own.length;
    this.copy(own, this.#header(type, length), length);
  }

  /** The values of the bits, and which of them apply (struct nla_bitfield32); a bit set outside the selector is refused. */
  bitfield32(type: number, value: number, selector: number): void {
    const at = this.#header(type, 8);
    this.putU32(at, value);
    this.putU32(at + 4, selector);
    if ((value & ~selector) !== 0) {
      throw this.#invalid(
        type,
        `value 0x${value.toString(16)} has bits outside selector 0x${selector.toString(16)}`,
      );
    }
  }

  /** Begins a nested attribute; end it with {@link nestEnd}. With `flags` 0 it lacks NLA_F_NESTED, as old families expect. */
  nestStart(type: number, flags = NLA_F_NESTED): void {
    this.#checkType(type | flags);
    this.#checkType(type);
    if (this.#nests.length === DEEPEST_NEST) {
      throw this.#invalid(type, `nested more than ${DEEPEST_NEST} levels deep`);
    }
    this.reserve(NLA_HDRLEN);
    const at = this.used;
    this.data.setUint16(at, NLA_HDRLEN, LITTLE_ENDIAN_HOST);
    this.data.setUint16(at + 2, type | flags, LITTLE_ENDIAN_HOST);
    this.used = at + NLA_HDRLEN;
    this.#nests.push(at);
    this.#attribute = NONE;
  }

  /** Ends the nested attribute that was begun last, and writes its length. */
  nestEnd(): void {
    const at = this.#nests.pop();
    if (at === undefined) throw invalidArgument('nestEnd: no nested attribute is open, call nestStart first');
    const length = this.used - at;
    this.#attribute = at;
    this.#checkLength(this.#typeAt(at), length);
    this.data.setUint16(at, length, LITTLE_ENDIAN_HOST);
  }

  /** Writes an empty `padType` attribute if the next attribute's payload would not be aligned to eight bytes (nla_put_64bit). */
  align64(padType: number): void {
    if ((this.used + NLA_HDRLEN) % 8 !== 0) this.#header(padType, 0);
  }

  /** The error for a value out of range; names the attribute that was being written. */
  protected override rangeError(value: unknown, lowest: number | bigint, highest: number | bigint): Error {
    const error = super.rangeError(value, lowest, highest);
    return this.#attribute === NONE ? error : this.#invalid(this.#typeAt(this.#attribute), error.message);
  }

  /** The header of an attribute whose payload is written next, and zeroes as padding; returns the payload's offset. */
  #header(type: number, length: number): number {
    const total = NLA_HDRLEN + length;
    this.#checkType(type);
    this.#checkLength(type, total);
    this.reserve(align4(total));
    const at = this.used;
    this.data.setUint16(at, total, LITTLE_ENDIAN_HOST);
    this.data.setUint16(at + 2, type, LITTLE_ENDIAN_HOST);
    this.#attribute = at;
    this.used = at + total;
    this.pad();
    return at + NLA_HDRLEN;
  }

  #checkType(type: number): void {
    if ((type & 0xffff) !== type) {
      throw outOfRange('attribute type', type, NLA_TYPE_MASK);
    }
  }

  /** Whether four bytes are enough for a number of variable width. */
  #isWithin(value: bigint | number, lowest: number, highest: number): boolean {
    const kind = typeof value;
    return (kind === 'number' || kind === 'bigint') && value >= lowest && value <= highest;
  }

  #typeAt(offset: number): number {
    return this.data.getUint16(offset + 2, LITTLE_ENDIAN_HOST) & NLA_TYPE_MASK;
  }

  #checkLength(type: number, length: number): void {
    if (length > NLA_MAX_LENGTH) {
      throw this.#invalid(type, `must have at most ${NLA_MAX_LENGTH} bytes, header included, got ${length}`);
    }
  }

  #invalid(type: number, message: string): Error {
    const path = [...this.#nests.map((nest) => this.#typeAt(nest)), type & NLA_TYPE_MASK].join('.');
    return invalidArgument(`attribute ${path}: ${message}`);
  }
}

function outOfRange(what: string, value: unknown, highest: number): Error {
  return invalidArgument(`${what}: ${shown(value)} must be an integer from 0 to ${highest}`);
}
