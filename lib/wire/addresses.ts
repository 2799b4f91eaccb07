import { shown } from '../shown-value.js';
import { invalidArgument } from '../errors.js';

// Addresses as text, in the forms that the kernel's own tools print and people type.

const SHORT_HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16));
const HEX = SHORT_HEX.map((text) => text.padStart(2, '0'));
const HEX_DIGITS = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));
const DECIMAL = Array.from({ length: 256 }, (_, byte) => String(byte));
const DOT_DECIMAL = DECIMAL.map((text) => `.${text}`);
const IPV4_BYTES = 4;
const IPV6_BYTES = 16;
const IPV6_GROUPS = 8;
/** How many zero groups an IPv4-mapped address begins with; a group of ones follows. */
const MAPPED_ZEROS = 5;
const ETHERNET_BYTES = 6;
const UUID_BYTES = 16;
const DOT = 0x2e;
const COLON = 0x3a;
const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;
/** Where a UUID's text has its dashes, counted in bytes. */
const UUID_DASHES: ReadonlySet<number> = new Set([4, 6, 8, 10]);

/** How many IPv4 texts are cached, since a dump repeats the same gateways. A power of two. */
const RECENT = 1024;
const recentAddresses = new Int32Array(RECENT);
const recentTexts = new Array<string | undefined>(RECENT).fill(undefined);

/** A link-layer address of any length: `'02:00:00:00:00:01'`. */
export function formatMac(bytes: Uint8Array, offset = 0, end: number = bytes.length): string {
  if (end - offset === ETHERNET_BYTES) return formatEthernet(bytes, offset);
  let text = '';
  for (let at = offset; at < end; at++) text += (at === offset ? '' : ':') + (HEX[bytes[at] ?? 0] ?? '');
  return text;
}

/** Six bytes, formatted by one concatenation: a string put together in several steps uses more memory. */
function formatEthernet(bytes: Uint8Array, at: number): string {
  const a = bytes[at] ?? 0;
  const b = bytes[at + 1] ?? 0;
  const c = bytes[at + 2] ?? 0;
  const d = bytes[at + 3] ?? 0;
  const e = bytes[at + 4] ?? 0;
  const f = bytes[at + 5] ?? 0;
  return String.fromCharCode(
    high(a),
    low(a),
    COLON,
    high(b),
    low(b),
    COLON,
    high(c),
    low(c),
    COLON,
    high(d),
    low(d),
    COLON,
    high(e),
    low(e),
    COLON,
    high(f),
    low(f),
  );
}

const high = (byte: number) => HEX_DIGITS[byte >>> 4] ?? 0;
const low = (byte: number) => HEX_DIGITS[byte & 15] ?? 0;

/** Four bytes as `'192.0.2.1'`. */
export function formatIpv4(bytes: Uint8Array, offset = 0): string {
  const a = bytes[offset] ?? 0;
  const b = bytes[offset + 1] ?? 0;
  const c = bytes[offset + 2] ?? 0;
  const d = bytes[offset + 3] ?? 0;
  const address = (a << 24) | (b << 16) | (c << 8) | d;
  const slot = (address ^ (address >>> 8) ^ (address >>> 16)) & (RECENT - 1);
  const recent = recentTexts[slot];
  if (recent !== undefined && recentAddresses[slot] === address) return recent;
  const text = (DECIMAL[a] ?? '') + (DOT_DECIMAL[b] ?? '') + (DOT_DECIMAL[c] ?? '') + (DOT_DECIMAL[d] ?? '');
  recentAddresses[slot] = address;
  recentTexts[slot] = text;
  return text;
}

/** Sixteen bytes in the form of RFC 5952: `'2001:db8::1'`; IPv4-mapped ones as `'::ffff:192.0.2.1'`. */
export function formatIpv6(bytes: Uint8Array, offset = 0): string {
  // The longest run of zero groups, or the first of several; a single zero group is written out.
  let start = 0;
  let length = 1;
  for (let index = 0, run = 0; index < IPV6_GROUPS; index++) {
    run = groupAt(bytes, offset, index) === 0 ? run + 1 : 0;
    if (run <= length) continue;
    length = run;
    start = index + 1 - run;
  }
  if (length === 1) return hexGroups(bytes, offset, 0, IPV6_GROUPS);
  const isMapped = start === 0 && length === MAPPED_ZEROS && groupAt(bytes, offset, MAPPED_ZEROS) === 0xffff;
  if (isMapped) return `::ffff:${formatIpv4(bytes, offset + 12)}`;
  const behind = hexGroups(bytes, offset, start + length, IPV6_GROUPS);
  return `${hexGroups(bytes, offset, 0, start)}::${behind}`;
}

/** An address by its length: IPv4 for four bytes, IPv6 for sixteen, otherwise hexadecimal pairs like a link-layer address. */
export function formatAddress(bytes: Uint8Array, offset = 0, end: number = bytes.length): string {
  if (end - offset === IPV4_BYTES) return formatIpv4(bytes, offset);
  if (end - offset === IPV6_BYTES) return formatIpv6(bytes, offset);
  return formatMac(bytes, offset, end);
}

/** Sixteen bytes as `'6ba7b810-9dad-11d1-80b4-00c04fd430c8'`. */
export function formatUuid(bytes: Uint8Array, offset = 0): string {
  let text = '';
  for (let index = 0; index < UUID_BYTES; index++) {
    text += (UUID_DASHES.has(index) ? '-' : '') + (HEX[bytes[offset + index] ?? 0] ?? '');
  }
  return text;
}

/** The bytes of a link-layer address of any length, whose pairs are separated by colons or dashes. */
export function parseMac(text: string): Uint8Array {
  if (!/^[0-9a-f]{1,2}([:-][0-9a-f]{1,2})*$/i.test(text)) {
    throw invalidArgument(`${shown(text)} must be a link-layer address such as 02:00:00:00:00:01`);
  }
  return Uint8Array.from(text.split(/[:-]/), (pair) => parseInt(pair, 16));
}

/** The 4 bytes of an IPv4 address in dotted decimal, in network byte order. Throws a NetlinkError with `ERR_NETLINK_INVALID_ARGUMENT` on other text. */
export function parseIpv4(text: string): Uint8Array {
  const bytes = new Uint8Array(IPV4_BYTES);
  if (!readIpv4(text, bytes)) {
    throw invalidArgument(`${shown(text)} must be an IPv4 address such as 192.0.2.1`);
  }
  return bytes;
}

/** The 16 bytes of an IPv6 address in any of its forms (RFC 4291), in network byte order. Throws a NetlinkError with `ERR_NETLINK_INVALID_ARGUMENT` on other text. */
export function parseIpv6(text: string): Uint8Array {
  const bytes = new Uint8Array(IPV6_BYTES);
  if (!readIpv6(text, bytes))
    throw invalidArgument(`${shown(text)} must be an IPv6 address such as 2001:db8::1`);
  return bytes;
}

/** The bytes of an IPv4 or an IPv6 address: four or sixteen. */
export function parseAddress(text: string): Uint8Array {
  if (text.includes(':')) return parseIpv6(text);
  const bytes = new Uint8Array(IPV4_BYTES);
  if (!readIpv4(text, bytes)) {
    throw invalidArgument(`${shown(text)} must be an IP address such as 192.0.2.1 or 2001:db8::1`);
  }
  return bytes;
}

/** The 16 bytes of a UUID in its text form, in the order written. Throws a NetlinkError with `ERR_NETLINK_INVALID_ARGUMENT` on other text. */
export function parseUuid(text: string): Uint8Array {
  if (!/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text)) {
    throw invalidArgument(`${shown(text)} must be a UUID such as 6ba7b810-9dad-11d1-80b4-00c04fd430c8`);
  }
  const digits = text.replaceAll('-', '');
  return Uint8Array.from({ length: UUID_BYTES }, (_, index) =>
    parseInt(digits.slice(index * 2, index * 2 + 2), 16),
  );
}

function groupAt(bytes: Uint8Array, offset: number, index: number): number {
  const at = offset + 2 * index;
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

function hexGroups(bytes: Uint8Array, offset: number, from: number, to: number): string {
  let text = '';
  for (let index = from; index < to; index++) {
    if (index > from) text += ':';
    const group = groupAt(bytes, offset, index);
    if (group > 0xff) text += (SHORT_HEX[group >>> 8] ?? '') + (HEX[group & 0xff] ?? '');
    else text += SHORT_HEX[group] ?? '';
  }
  return text;
}
/** Reads dotted decimal. Refuses octets with a leading zero, which some programs read as octal. */
function readIpv4(text: string, bytes: Uint8Array): boolean {
  let octet = 0;
  let digits = 0;
  let count = 0;
  for (let at = 0; at <= text.length; at++) {
    const code = at === text.length ? DOT : text.charCodeAt(at);
    if (code === DOT) {
      if (digits === 0 || count === IPV4_BYTES) return false;
      bytes[count++] = octet;
      octet = 0;
      digits = 0;
    } else {
      if (code < DIGIT_0 || code > DIGIT_9 || (digits > 0 && octet === 0)) return false;
      octet = octet * 10 + code - DIGIT_0;
      if (octet > 255) return false;
      digits++;
    }
  }
  return count === IPV4_BYTES;
}

function readIpv6(text: string, bytes: Uint8Array): boolean {
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const [head = '', tail] = halves;
  const before = readGroups(head, tail === undefined);
  const after = tail === undefined ? [] : readGroups(tail, true);
  if (before === undefined || after === undefined) return false;
  const given = before.length + after.length;
  if (tail === undefined ? given !== IPV6_BYTES : given > IPV6_BYTES - 2) return false;
  bytes.set(before, 0);
  bytes.set(after, IPV6_BYTES - after.length);
  return true;
}

/** The bytes of `a:b:c`, whose last group may be an IPv4 address if `mayEndInIpv4` is set; undefined for other text. */
function readGroups(text: string, mayEndInIpv4: boolean): number[] | undefined {
  const bytes: number[] = [];
  if (text === '') return bytes;
  const groups = text.split(':');
  for (const [index, group] of groups.entries()) {
    if (mayEndInIpv4 && index === groups.length - 1 && group.includes('.')) {
      const last = new Uint8Array(IPV4_BYTES);
      if (!readIpv4(group, last)) return undefined;
      bytes.push(...last);
    } else {
      if (!/^[0-9a-f]{1,4}$/i.test(group)) return undefined;
      const value = parseInt(group, 16);
      bytes.push(value >> 8, value & 0xff);
    }
  }
  return bytes;
}
