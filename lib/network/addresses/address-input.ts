import { invalidArgument } from '../../errors.js';
import type { AddrMessageInput } from '../../families/rt-addr.js';
import { checkOptions, type KnownNames, namesOf } from '../../known-names.js';
import { shown } from '../../shown-value.js';
import { integer, lifetime, text } from '../checks.js';
import { broadcastOf, cidr, familyNumber, ipAddress, type Prefix, prefix } from '../ip.js';
import { type LinkReference, linkShown } from '../link-directory.js';
import { addressProtocols, scopes } from '../names/tables.js';
import { type AddressFlag, kernelFlags } from './flags.js';

/** The longest label of an IPv4 address (IFNAMSIZ - 1). */
const LONGEST_LABEL = 15;

/** What can be said of an address besides its link and itself. */
export interface AddressOptions {
  /** The other end of a point-to-point link, `'192.0.2.2'` or with the prefix length that counts, `'192.0.2.2/24'` (IFA_ADDRESS). */
  readonly peer?: string | undefined;
  /** IPv4 broadcast address (IFA_BROADCAST); `true` is the last of the network, as `brd +` of `ip`. Default: none. */
  readonly broadcast?: string | true | undefined;
  /** Default: `'host'` for 127.0.0.0/8, otherwise `'global'`. The kernel chooses that of IPv6 itself. */
  readonly scope?: string | number | undefined;
  /** IPv4 label, which must begin with the link's name; at most 15 bytes (IFA_LABEL). Default: the link's name. */
  readonly label?: string | undefined;
  /** `nodad`, `home`, `mngtmpaddr`, `noprefixroute`, `autojoin`, `optimistic`; the kernel sets the others. */
  readonly flags?: readonly AddressFlag[] | undefined;
  /** Seconds until the address is deprecated, at most `validLifetime`. Default: `'forever'`. */
  readonly preferredLifetime?: number | 'forever' | undefined;
  /** Seconds until the kernel removes the address, at least 1. Default: `'forever'`. */
  readonly validLifetime?: number | 'forever' | undefined;
  /** Who adds it, 0 to 255 or a name in rt_addrprotos (IFA_PROTO). */
  readonly protocol?: string | number | undefined;
  /** Metric of the route to the prefix (IFA_RT_PRIORITY). */
  readonly metric?: number | undefined;
  /** Further attributes, which replace those made from the options. */
  readonly raw?: AddrMessageInput | undefined;
}

/** An address of a link. */
export interface AddressInput extends AddressOptions {
  /** Name, alternative name or index. */
  readonly link: LinkReference;
  /** With its prefix length: `'192.0.2.1/24'`, `'2001:db8::1/64'`. */
  readonly address: string;
}

const KNOWN: KnownNames = namesOf<AddressInput>({
  link: true,
  address: true,
  peer: true,
  broadcast: true,
  scope: true,
  label: true,
  flags: true,
  preferredLifetime: true,
  validLifetime: true,
  protocol: true,
  metric: true,
  raw: true,
});

/** An input that was checked: all but the link's index. */
export interface CheckedAddress {
  readonly link: LinkReference;
  /** `192.0.2.1/24 to 'eth0'` with the word that the verb wants. */
  readonly shown: (preposition: string) => string;
  readonly request: AddrMessageInput;
}

/** Checks an address and makes the request of it, with iproute2's defaults. */
export function checkAddress(where: string, input: AddressInput): CheckedAddress {
  checkOptions(where, input, KNOWN);
  const { link, raw } = input;
  checkLink(where, link);
  const local = prefix(`${where}: address`, input.address, 'refuse');
  const peer = input.peer === undefined ? undefined : prefix(`${where}: peer`, input.peer, 'full');
  if (peer !== undefined && peer.family !== local.family) {
    throw invalidArgument(
      `${where}: peer ${shown(input.peer)} must be an ${local.family} address, as ${cidr(local)} is`,
    );
  }
  const hasOwnLength = input.peer?.includes('/') === true;
  const request: AddrMessageInput = {
    ifaFamily: familyNumber(local.family),
    ifaPrefixlen: hasOwnLength ? (peer?.length ?? local.length) : local.length,
    ifaScope: scopeOf(where, input, local),
    local: local.address,
    address: peer?.address ?? local.address,
    ...ipv4Only(where, input, local),
    ...lifetimes(where, input),
    ...(input.flags !== undefined && { flags: kernelFlags(`${where}: flags`, input.flags) }),
    ...(input.protocol !== undefined && {
      proto: addressProtocols.number(where, input.protocol),
    }),
    ...(input.metric !== undefined && {
      rtPriority: integer(`${where}: metric`, input.metric, 0, 0xffffffff),
    }),
    ...raw,
  };
  return { link, shown: (preposition) => `${cidr(local)} ${preposition} ${linkShown(link)}`, request };
}

function checkLink(where: string, link: unknown): void {
  if (link === undefined) {
    throw invalidArgument(`${where}: link is missing. Name the link that the address is for`);
  }
}

function scopeOf(where: string, { scope }: AddressInput, { family, address }: Prefix): number {
  if (scope !== undefined) return scopes.number(where, scope);
  return scopes.number(where, family === 'ipv4' && address.startsWith('127.') ? 'host' : 'global');
}

function ipv4Only(where: string, { broadcast, label }: AddressInput, local: Prefix): AddrMessageInput {
  if (local.family === 'ipv6') {
    const given = broadcast !== undefined ? 'broadcast' : label !== undefined ? 'label' : undefined;
    if (given === undefined) return {};
    throw invalidArgument(`${where}: ${given} is for IPv4 addresses, and ${cidr(local)} is an IPv6 address`);
  }
  return {
    ...(broadcast !== undefined && { broadcast: broadcastAddress(where, broadcast, local) }),
    ...(label !== undefined && { label: labelText(where, label) }),
  };
}

function broadcastAddress(where: string, broadcast: unknown, local: Prefix): string {
  if (broadcast !== true) {
    const address = ipAddress(`${where}: broadcast`, broadcast);
    if (!address.includes(':')) return address;
    throw invalidArgument(`${where}: broadcast must be an IPv4 address, got ${shown(broadcast)}`);
  }
  if (local.length <= 30) return broadcastOf(local);
  throw invalidArgument(`${where}: broadcast: a network of /${local.length} has no broadcast address`);
}

function labelText(where: string, label: unknown): string {
  const given = text(`${where}: label`, label);
  const length = Buffer.byteLength(given);
  if (length > 0 && length <= LONGEST_LABEL) return given;
  throw invalidArgument(`${where}: label ${shown(label)} must have 1 to ${LONGEST_LABEL} bytes`);
}

function lifetimes(where: string, { preferredLifetime, validLifetime }: AddressInput): AddrMessageInput {
  if (preferredLifetime === undefined && validLifetime === undefined) return {};
  const ifaValid = lifetime(`${where}: validLifetime`, validLifetime ?? 'forever');
  const ifaPrefered = lifetime(
    `${where}: preferredLifetime`,
    preferredLifetime ?? validLifetime ?? 'forever',
  );
  if (ifaValid === 0) {
    throw invalidArgument(
      `${where}: validLifetime must be at least 1 second. Use delete to remove an address`,
    );
  }
  if (ifaPrefered <= ifaValid) return { cacheinfo: { ifaPrefered, ifaValid } };
  throw invalidArgument(
    `${where}: preferredLifetime ${shown(preferredLifetime ?? 'forever')} must be at most validLifetime ${shown(validLifetime)}`,
  );
}
