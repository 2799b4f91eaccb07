import { invalidArgument, NetlinkError } from '../errors.js';
import { shown } from '../shown-value.js';
import { formatAddress, parseAddress, parseMac } from '../wire/addresses.js';

/** Address families by name. */
export type IpFamily = 'ipv4' | 'ipv6';
export type Family = IpFamily | 'mpls';

const FAMILY_NUMBERS = { ipv4: 2, ipv6: 10, mpls: 28 } as const;
const FAMILY_NAMES: ReadonlyMap<number, Family> = new Map([
  [2, 'ipv4'],
  [10, 'ipv6'],
  [28, 'mpls'],
]);

export const familyNumber = (family: Family): number => FAMILY_NUMBERS[family];
export const familyName = (number: number): Family => FAMILY_NAMES.get(number) ?? 'ipv4';
export const IP_FAMILIES: Readonly<Record<string, IpFamily>> = { ipv4: 'ipv4', ipv6: 'ipv6' };

/** An address and the length of its prefix. */
export interface Prefix {
  readonly family: IpFamily;
  /** Canonical text. */
  readonly address: string;
  readonly length: number;
}

export const bitsOf = (family: IpFamily): number => (family === 'ipv4' ? 32 : 128);

export function familyOf(address: string): IpFamily {
  return address.includes(':') ? 'ipv6' : 'ipv4';
}

/** The address in canonical text. */
export function ipAddress(where: string, value: unknown): string {
  return within(where, () => formatAddress(bytesOf(where, value)));
}

/** A link-layer address in canonical text. */
export function macAddress(where: string, value: unknown): string {
  if (typeof value !== 'string') throw invalidArgument(`${where} must be a string, got ${shown(value)}`);
  return within(where, () =>
    Buffer.from(parseMac(value))
      .toString('hex')
      .replace(/(..)(?=.)/g, '$1:'),
  );
}

/** `192.0.2.1/24`; `missing` is the length where there is none, or what to do without it. */
export function prefix(where: string, value: unknown, missing: 'refuse' | 'full'): Prefix {
  if (typeof value !== 'string') throw invalidArgument(`${where} must be a string, got ${shown(value)}`);
  const [address = '', length, ...surplus] = value.split('/');
  const canonical = ipAddress(where, address);
  const family = familyOf(canonical);
  const bits = bitsOf(family);
  if (length === undefined) {
    if (missing === 'full') return { family, address: canonical, length: bits };
    throw invalidArgument(
      `${where}: ${shown(value)} lacks a prefix length. Write ${canonical}/${family === 'ipv4' ? 24 : 64}, or /${bits} for a single address`,
    );
  }
  const isNumber = /^\d{1,3}$/.test(length) && surplus.length === 0;
  if (isNumber && Number(length) <= bits) return { family, address: canonical, length: Number(length) };
  throw invalidArgument(`${where}: ${shown(value)} has an invalid prefix length (${family}: 0 to ${bits})`);
}

/** A {@link prefix} whose host bits are zero. */
export function network(where: string, value: unknown): Prefix {
  const given = prefix(where, value, 'full');
  const masked = networkOf(given);
  if (masked === given.address) return given;
  throw invalidArgument(
    `${where}: ${shown(value)} has host bits set. The network is ${masked}/${given.length}`,
  );
}

/** The first address of a prefix's network. */
export function networkOf({ address, length }: Prefix): string {
  return formatAddress(parseAddress(address).map((byte, index) => byte & maskByte(length, index)));
}

/** The last address of an IPv4 network. */
export function broadcastOf({ address, length }: Prefix): string {
  return formatAddress(parseAddress(address).map((byte, index) => byte | (~maskByte(length, index) & 0xff)));
}

/** The mask of a prefix's length, as an address: `'255.255.255.0'`. */
export function networkMask({ family, length }: Prefix): string {
  return formatAddress(
    Uint8Array.from({ length: bitsOf(family) / 8 }, (_, index) => maskByte(length, index)),
  );
}

export function cidr({ address, length }: Prefix): string {
  return `${address}/${length}`;
}

function maskByte(length: number, index: number): number {
  const bits = Math.min(8, Math.max(0, length - 8 * index));
  return (0xff << (8 - bits)) & 0xff;
}

function bytesOf(where: string, value: unknown): Uint8Array {
  if (typeof value === 'string') return parseAddress(value);
  throw invalidArgument(`${where} must be a string, got ${shown(value)}`);
}

function within<Result>(where: string, make: () => Result): Result {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof NetlinkError) || error.message.startsWith(where)) throw error;
    throw invalidArgument(`${where}: ${error.message}`);
  }
}
