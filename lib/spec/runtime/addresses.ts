import { invalidArgument, malformed } from '../../errors.js';
import {
  formatIpv4,
  formatIpv6,
  formatMac,
  formatUuid,
  parseAddress,
  parseIpv4,
  parseIpv6,
  parseMac,
  parseUuid,
} from '../../wire/addresses.js';
import type { WireView } from '../../wire/view.js';
import { tooShort } from './extra.js';
import { bytesOf, type Bytes } from '../../wire/bytes.js';
import { sized } from './input.js';

// Addresses in attributes and in members of structures: read as text, written from text or bytes.

const IPV4_LENGTH = 4;
const IPV6_LENGTH = 16;
const UUID_LENGTH = 16;

/** An address as text or as bytes. */
export type AddressInput = string | Bytes;

/** A link-layer address, as long as the payload. */
export function readMac(view: WireView, from: number, end: number): string {
  return formatMac(view.bytes, from, end);
}

/** The IPv4 address at `from` as text; throws if fewer than 4 bytes are left. */
export function readIpv4(view: WireView, from: number, end: number): string {
  if (end - from < IPV4_LENGTH) tooShort(end - from, IPV4_LENGTH);
  return formatIpv4(view.bytes, from);
}

/** The IPv6 address at `from` as text (RFC 5952); throws if fewer than 16 bytes are left. */
export function readIpv6(view: WireView, from: number, end: number): string {
  if (end - from < IPV6_LENGTH) tooShort(end - from, IPV6_LENGTH);
  return formatIpv6(view.bytes, from);
}

/** IPv4 or IPv6, depending on the length. */
export function readIp(view: WireView, from: number, end: number): string {
  if (end - from === IPV4_LENGTH) return formatIpv4(view.bytes, from);
  if (end - from === IPV6_LENGTH) return formatIpv6(view.bytes, from);
  throw malformed(`an IP address must have 4 or 16 bytes, got ${end - from}`);
}

/** The UUID at `from` as text; throws if fewer than 16 bytes are left. */
export function readUuid(view: WireView, from: number, end: number): string {
  if (end - from < UUID_LENGTH) tooShort(end - from, UUID_LENGTH);
  return formatUuid(view.bytes, from);
}

/** The bytes of a link-layer address given as text or bytes; an empty text has none. */
export function macBytes(input: AddressInput): Uint8Array {
  if (input === '') return new Uint8Array();
  return typeof input === 'string' ? parseMac(input) : bytesOf(input);
}

/** The 4 bytes of an IPv4 address given as text or bytes. */
export function ipv4Bytes(input: AddressInput): Uint8Array {
  return typeof input === 'string' ? parseIpv4(input) : sized(input, IPV4_LENGTH, 'an IPv4 address');
}

/** The 16 bytes of an IPv6 address given as text or bytes. */
export function ipv6Bytes(input: AddressInput): Uint8Array {
  return typeof input === 'string' ? parseIpv6(input) : sized(input, IPV6_LENGTH, 'an IPv6 address');
}

/** The 4 or 16 bytes of an IP address given as text or bytes. */
export function ipBytes(input: AddressInput): Uint8Array {
  if (typeof input === 'string') return parseAddress(input);
  const bytes = bytesOf(input);
  if (bytes.length === IPV4_LENGTH || bytes.length === IPV6_LENGTH) return bytes;
  throw invalidArgument(`an IP address must have 4 or 16 bytes, got ${bytes.length}`);
}

/** The 16 bytes of a UUID given as text or bytes. */
export function uuidBytes(input: AddressInput): Uint8Array {
  return typeof input === 'string' ? parseUuid(input) : sized(input, UUID_LENGTH, 'a UUID');
}
