import { invalidArgument } from '../errors.js';

// Addresses as text: what the kernel's own tools print, and what people type.

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const DECIMAL = Array.from({ length: 256 }, (_, byte) => String(byte));
const DOT_DECIMAL = DECIMAL.map((text) => `.${text}`);
const IPV4_BYTES = 4;
const IPV6_BYTES = 16;
const UUID_BYTES = 16;
const DOT = 0x2e;
const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;
/** Where a UUID's text has its dashes, counted in bytes. */
const UUID_DASHES: ReadonlySet<number> = new Set([4, 6, 8, 10]);

/** How many IPv4 texts are kept: a dump names the same gateways again and again. A power of two. */
const RECENT = 1024;
const recentAddresses = new Int32Array(RECENT);
const recentTexts = new Array<string | undefined>(RECENT).fill(undefined);

/** A link-layer address of any length: `'02:00:00:00:00:01'`. */
export function formatMac(bytes: Uint8Array, offset = 0, end: number = bytes.length): string {
  let text = '';
  for (let at = offset; at < end; at++) text += (at === offset ? '' : ':') + (HEX[bytes[at] ?? 0] ?? '');
  return text;
}

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
  const groups: number[] = [];
  for (let at = offset; at < offset + IPV6_BYTES; at += 2) {
    groups.push(((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0));
  }
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    return `::ffff:${formatIpv4(bytes, offset + 12)}`;
  }
  const [start, length] = longestZeroRun(groups);
  if (length < 2) return hexGroups(groups);
  return `${hexGroups(groups.slice(0, start))}::${hexGroups(groups.slice(start + length))}`;
}

/** An address by its length: IPv4 of four bytes, IPv6 of sixteen, else hexadecimal pairs as of a link-layer address. */
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

/** The bytes of a link-layer address, of any length, its pairs separated by colons or dashes. */
export function parseMac(text: string): Uint8Array {
  if (!/^[0-9a-f]{1,2}([:-][0-9a-f]{1,2})*$/i.test(text)) {
    throw invalidArgument(`'${text}' is no link-layer address such as 02:00:00:00:00:01`);
  }
  return Uint8Array.from(text.split(/[:-]/), (pair) => parseInt(pair, 16));
}

export function parseIpv4(text: string): Uint8Array {
  const bytes = new Uint8Array(IPV4_BYTES);
  if (!readIpv4(text, bytes)) {
    throw invalidArgument(`'${text}' is no IPv4 address such as 192.0.2.1`);
  }
  return bytes;
}

export function parseIpv6(text: string): Uint8Array {
  const bytes = new Uint8Array(IPV6_BYTES);
  if (!readIpv6(text, bytes)) throw invalidArgument(`'${text}' is no IPv6 address such as 2001:db8::1`);
  return bytes;
}

/** The bytes of an IPv4 or an IPv6 address: four or sixteen. */
export function parseAddress(text: string): Uint8Array {
  if (text.includes(':')) return parseIpv6(text);
  const bytes = new Uint8Array(IPV4_BYTES);
  if (!readIpv4(text, bytes)) {
    throw invalidArgument(`'${text}' is no IP address such as 192.0.2.1 or 2001:db8::1`);
  }
  return bytes;
}

export function parseUuid(text: string): Uint8Array {
  if (!/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text)) {
    throw invalidArgument(`'${text}' is no UUID such as 6ba7b810-9dad-11d1-80b4-00c04fd430c8`);
  }
  const digits = text.replaceAll('-', '');
  return Uint8Array.from({ length: UUID_BYTES }, (_, index) =>
    parseInt(digits.slice(index * 2, index * 2 + 2), 16),
  );
}

function hexGroups(groups: readonly number[]): string {
  return groups.map((group) => group.toString(16)).join(':');
}

/** Start and length of the first longest run of zero groups. */
function longestZeroRun(groups: readonly number[]): [start: number, length: number] {
  let best: [number, number] = [0, 0];
  let start = 0;
  groups.forEach((group, index) => {
    if (group !== 0) start = index + 1;
    else if (index + 1 - start > best[1]) best = [start, index + 1 - start];
  });
  return best;
}

/** Reads dotted decimal; no octet has a leading zero, which some read as octal. */
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

/** The bytes of `a:b:c`, whose last group may be an IPv4 address where `mayEndInIpv4` says so; undefined if it is none. */
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
