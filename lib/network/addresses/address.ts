import type { AddrMessage } from '../../families/rt-addr.js';
import { lifetimeOf } from '../checks.js';
import { familyName, type IpFamily } from '../ip.js';
import { addressProtocols, scopes } from '../names/tables.js';
import { type AddressFlag, flagsOf } from './flags.js';

/** The order in which `ip` prints flags; `permanent` is the one whose absence it prints, as `dynamic`. */
const PRINTED: readonly AddressFlag[] = [
  'secondary',
  'temporary',
  'nodad',
  'optimistic',
  'dadfailed',
  'home',
  'deprecated',
  'tentative',
  'permanent',
  'mngtmpaddr',
  'noprefixroute',
  'autojoin',
  'stable-privacy',
];

/** An IP address of a link. `String(address)` is the line that `ip address` prints for it. */
export class Address {
  /** The address without its prefix length: `'192.0.2.1'` (IFA_LOCAL, or IFA_ADDRESS of IPv6 without a peer). */
  readonly address: string;
  /** Length of the prefix: 0 to 32, or to 128 for IPv6. With a peer, of the peer's prefix. */
  readonly prefixLength: number;
  /** `address/prefixLength`: what `add`, `get` and `delete` accept. */
  readonly cidr: string;
  readonly family: IpFamily;
  /** The name of the link that has the address. */
  readonly link: string;
  readonly linkIndex: number;
  /** How far it is valid: `'global'`, `'link'`, `'host'`, `'site'`, or a number without a name in rt_scopes. */
  readonly scope: string | number;
  /** The other end of a point-to-point link (IFA_ADDRESS where it differs from IFA_LOCAL). */
  declare readonly peer?: string;
  /** IPv4 broadcast address (IFA_BROADCAST). */
  declare readonly broadcast?: string;
  /** IPv4 label: the link's name, or that followed by a colon and text (IFA_LABEL). */
  declare readonly label?: string;
  /** By the names of `ip`. */
  readonly flags: readonly AddressFlag[];
  /** Seconds until the address is deprecated (ifa_prefered). */
  readonly preferredLifetime: number | 'forever';
  /** Seconds until the kernel removes the address (ifa_valid). */
  readonly validLifetime: number | 'forever';
  /** Who added it, where that is known (IFA_PROTO; kernel 5.18 and later). */
  declare readonly protocol?: string | number;
  /** Metric of the route to the prefix, if it is not the kernel's default (IFA_RT_PRIORITY). */
  declare readonly metric?: number;
  readonly #raw: AddrMessage;

  /** @internal */
  constructor(message: AddrMessage, link: string) {
    const { local, address = '', cacheinfo, broadcast, label, proto, rtPriority } = message;
    this.address = local ?? address;
    this.prefixLength = message.ifaPrefixlen;
    this.cidr = `${this.address}/${this.prefixLength}`;
    this.family = familyName(message.ifaFamily) === 'ipv6' ? 'ipv6' : 'ipv4';
    this.link = link;
    this.linkIndex = message.ifaIndex;
    this.scope = scopes.name(message.ifaScope);
    if (local !== undefined && address !== local && address !== '') this.peer = address;
    if (broadcast !== undefined) this.broadcast = broadcast;
    if (label !== undefined) this.label = label;
    this.flags = flagsOf(this.family, message.flags ?? message.ifaFlags);
    this.preferredLifetime = lifetimeOf(cacheinfo?.ifaPrefered ?? FOREVER);
    this.validLifetime = lifetimeOf(cacheinfo?.ifaValid ?? FOREVER);
    if (proto !== undefined && proto !== 0) this.protocol = addressProtocols.name(proto);
    if (rtPriority !== undefined) this.metric = rtPriority;
    this.#raw = message;
  }

  /** The message as the kernel sent it. */
  get raw(): AddrMessage {
    return this.#raw;
  }

  /** `inet 192.0.2.1/24 brd 192.0.2.255 scope global eth0`, as `ip address` prints it. */
  toString(): string {
    const { peer, prefixLength, metric, broadcast, scope, protocol, label } = this;
    const word = (name: string, value: string | number | undefined) =>
      value === undefined ? [] : [name, value];
    return [
      this.family === 'ipv4' ? 'inet' : 'inet6',
      peer === undefined ? this.cidr : `${this.address} peer ${peer}/${prefixLength}`,
      ...word('metric', metric),
      ...word('brd', broadcast),
      ...word('scope', scope),
      ...PRINTED.flatMap((flag) => {
        const isSet = this.flags.includes(flag);
        if (flag === 'permanent') return isSet ? [] : 'dynamic';
        return isSet ? flag : [];
      }),
      ...word('proto', protocol),
      ...(label === undefined ? [] : [label]),
    ].join(' ');
  }
}

const FOREVER = 0xffffffff;
