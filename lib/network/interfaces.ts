import type { Address } from './addresses/address.js';
import { cidr, networkMask } from './ip.js';
import type { Link } from './links/link.js';

/** An address as `os.networkInterfaces()` has it. */
export interface InterfaceAddress {
  readonly address: string;
  readonly netmask: string;
  readonly family: 'IPv4' | 'IPv6';
  /** Link-layer address; zeros where there is none. */
  readonly mac: string;
  /** Whether it is a loopback address that others do not reach. */
  readonly internal: boolean;
  readonly cidr: string;
  /** Number of the link, for IPv6; 0 but for link-local addresses. */
  readonly scopeid?: number;
}

/** A link and its addresses: an array as of `os.networkInterfaces()`, and what that does not say. */
export interface NetworkInterface {
  readonly name: string;
  readonly index: number;
  readonly altNames: readonly string[];
  readonly kind?: string;
  readonly up: boolean;
  readonly running: boolean;
  readonly mac: string;
  readonly mtu: number;
  readonly addresses: readonly InterfaceAddress[];
}

const NO_MAC = '00:00:00:00:00:00';

/** All links by name, those without an address, too. */
export function interfacesOf(
  links: readonly Link[],
  addresses: readonly Address[],
): Record<string, NetworkInterface> {
  return Object.fromEntries(links.map((link) => [link.name, interfaceOf(link, addresses)]));
}

function interfaceOf(link: Link, all: readonly Address[]): NetworkInterface {
  const { name, index, altNames, kind, up, running, mac = NO_MAC, mtu } = link;
  const internal = link.flags.includes('loopback');
  const addresses = all
    .filter(({ linkIndex }) => linkIndex === index)
    .map(({ address, family, prefixLength, scope }): InterfaceAddress => {
      const prefix = { family, address, length: prefixLength };
      const common = { address, netmask: networkMask(prefix), mac, internal, cidr: cidr(prefix) };
      if (family === 'ipv4') return { ...common, family: 'IPv4' };
      return { ...common, family: 'IPv6', scopeid: scope === 'link' ? index : 0 };
    });
  return { name, index, altNames, ...(kind !== undefined && { kind }), up, running, mac, mtu, addresses };
}
