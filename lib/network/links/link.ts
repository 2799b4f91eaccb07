import type { LinkMessage } from '../../families/rt-link.js';
import { groups } from '../names/tables.js';
import { type Attributes, type Fields, readFields } from './kinds/field.js';
import { isTypedKind, KINDS } from './kinds/kinds.js';
import type { KindOptions } from './kinds/options.js';
import { type LinkStatistics, statisticsOf } from './statistics.js';

/** The states of RFC 2863 (IF_OPER_*). */
export type LinkState = 'unknown' | 'notpresent' | 'down' | 'lowerlayerdown' | 'testing' | 'dormant' | 'up';

const STATES: readonly LinkState[] = [
  'unknown',
  'notpresent',
  'down',
  'lowerlayerdown',
  'testing',
  'dormant',
  'up',
];
const LINK_MODES: readonly string[] = ['DEFAULT', 'DORMANT', 'TESTING'];

/** The flags that `ip` prints, in its order, and what it calls them. */
const PRINTED: readonly (readonly [flag: string, name: string])[] = [
  ['loopback', 'LOOPBACK'],
  ['broadcast', 'BROADCAST'],
  ['point-to-point', 'POINTOPOINT'],
  ['multicast', 'MULTICAST'],
  ['no-arp', 'NOARP'],
  ['all-multi', 'ALLMULTI'],
  ['promisc', 'PROMISC'],
  ['master', 'MASTER'],
  ['slave', 'SLAVE'],
  ['debug', 'DEBUG'],
  ['dynamic', 'DYNAMIC'],
  ['auto-media', 'AUTOMEDIA'],
  ['portsel', 'PORTSEL'],
  ['no-trailers', 'NOTRAILERS'],
  ['up', 'UP'],
  ['lower-up', 'LOWER_UP'],
  ['dormant', 'DORMANT'],
  ['echo', 'ECHO'],
];

/** A network link. `String(link)` is the line that `ip link` prints for it. */
export class Link implements KindOptions {
  readonly index: number;
  readonly name: string;
  /** Further names, each up to 127 bytes (IFLA_ALT_IFNAME). */
  readonly altNames: readonly string[];
  /** Free text of the administrator (IFLA_IFALIAS). */
  declare readonly alias?: string;
  /** What made it: `'veth'`, `'bridge'`, `'vlan'` …; absent on links of hardware and on loopback (IFLA_INFO_KIND). */
  declare readonly kind?: string;
  /** Whether the administrator switched it on (IFF_UP). */
  readonly up: boolean;
  /** Whether it can carry traffic: on, and with a carrier (IFF_RUNNING). */
  readonly running: boolean;
  /** Operational state; loopback's is always `'unknown'` (IFLA_OPERSTATE). */
  readonly state: LinkState;
  /** Largest packet in bytes (IFLA_MTU). */
  readonly mtu: number;
  /** Link-layer address (IFLA_ADDRESS); absent on links that have none. */
  declare readonly mac?: string;
  /** The address that the hardware came with (IFLA_PERM_ADDRESS). */
  declare readonly permanentMac?: string;
  /** The bridge, bond or VRF that it belongs to (IFLA_MASTER). */
  declare readonly master?: string;
  declare readonly masterIndex?: number;
  /** The link that it is made on; absent if that is in another namespace (IFLA_LINK). */
  declare readonly parent?: string;
  declare readonly parentIndex?: number;
  /** The other end of a veth pair; absent if that is in another namespace (IFLA_LINK). */
  declare readonly peer?: string;
  declare readonly peerIndex?: number;
  /** Number of the namespace that the parent or peer is in, if it is another one (IFLA_LINK_NETNSID). */
  declare readonly netnsId?: number;
  /** Group by name, or by number without one (IFLA_GROUP). */
  readonly group: string | number;
  /** Packets that its queue holds (IFLA_TXQLEN). */
  readonly txQueueLength: number;
  /** Kind of the queueing discipline (IFLA_QDISC). */
  readonly qdisc: string;
  /** The kernel's flags (IFF_*), in lower case. */
  readonly flags: readonly string[];
  /** Counters since the link was made (IFLA_STATS64). */
  declare readonly statistics?: LinkStatistics;
  declare readonly bridge?: NonNullable<KindOptions['bridge']>;
  declare readonly vlan?: NonNullable<KindOptions['vlan']>;
  declare readonly vxlan?: NonNullable<KindOptions['vxlan']>;
  declare readonly macvlan?: NonNullable<KindOptions['macvlan']>;
  declare readonly macvtap?: NonNullable<KindOptions['macvtap']>;
  declare readonly ipvlan?: NonNullable<KindOptions['ipvlan']>;
  declare readonly vrf?: NonNullable<KindOptions['vrf']>;
  declare readonly bond?: NonNullable<KindOptions['bond']>;
  readonly #raw: LinkMessage;

  /** @internal */
  constructor(message: LinkMessage, nameOf: (index: number) => string, bigint: boolean) {
    const { ifiFlags, linkinfo, master, stats64 } = message;
    this.index = message.ifiIndex;
    this.name = message.ifname ?? '';
    this.altNames = message.propList?.altIfname ?? [];
    if (message.ifalias !== undefined) this.alias = message.ifalias;
    if (linkinfo?.kind !== undefined) this.kind = linkinfo.kind;
    this.up = ifiFlags.includes('up');
    this.running = ifiFlags.includes('running');
    this.state = STATES[message.operstate ?? 0] ?? 'unknown';
    this.mtu = message.mtu ?? 0;
    if (message.address !== undefined) this.mac = message.address;
    if (message.permAddress !== undefined) this.permanentMac = message.permAddress;
    if (master !== undefined) {
      this.master = nameOf(master);
      this.masterIndex = master;
    }
    Object.assign(this, lowerOf(message, nameOf));
    this.group = groups.name(message.group ?? 0);
    this.txQueueLength = message.txqlen ?? 0;
    this.qdisc = message.qdisc ?? '';
    this.flags = ifiFlags;
    if (stats64 !== undefined) this.statistics = statisticsOf(stats64, bigint);
    this.#setKind(message);
    this.#raw = message;
  }

  /** The message as the kernel sent it. */
  get raw(): LinkMessage {
    return this.#raw;
  }

  /** `2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 … state UP …`, as `ip link` prints it, but for M-DOWN, which is about the link below. */
  toString(): string {
    const { link, linkmode = 0 } = this.#raw;
    const lower =
      link === undefined ? '' : `@${this.parent ?? this.peer ?? (link === 0 ? 'NONE' : `if${link}`)}`;
    const words = [
      `${this.index}: ${this.name}${lower}:`,
      `<${this.#printedFlags().join(',')}>`,
      `mtu ${this.mtu} qdisc ${this.qdisc}`,
      ...(this.master === undefined ? [] : [`master ${this.master}`]),
      `state ${this.state.toUpperCase()} mode ${LINK_MODES[linkmode] ?? linkmode}`,
      `group ${this.group}`,
      ...(this.txQueueLength === 0 ? [] : [`qlen ${this.txQueueLength}`]),
    ];
    return words.join(' ');
  }

  #setKind({ linkinfo }: LinkMessage): void {
    const { kind, data } = linkinfo ?? {};
    if (kind === undefined || data === undefined || !isTypedKind(kind)) return;
    const attributes = data[kind] as Attributes | undefined;
    if (attributes === undefined) return;
    const options: unknown = readFields(KINDS[kind] as Fields<Readonly<Record<string, unknown>>>, attributes);
    Object.assign(this, { [kind]: options });
  }

  #printedFlags(): string[] {
    const names = PRINTED.filter(([flag]) => this.flags.includes(flag)).map(([, name]) => name);
    return this.up && !this.running ? ['NO-CARRIER', ...names] : names;
  }
}

type Lower = Partial<Pick<Link, 'netnsId' | 'parent' | 'parentIndex' | 'peer' | 'peerIndex'>>;

/** The properties that say what a link is made on, or is the other end of. */
function lowerOf(message: LinkMessage, nameOf: (index: number) => string): Lower {
  const { linkNetnsid, linkinfo } = message;
  const link = lowerIndex(message);
  const place = linkNetnsid === undefined ? {} : { netnsId: linkNetnsid };
  if (link === undefined || link === 0) return place;
  const name = linkNetnsid === undefined ? nameOf(link) : undefined;
  if (!PAIRS.has(linkinfo?.kind)) {
    return { ...(name === undefined ? {} : { parent: name }), parentIndex: link, ...place };
  }
  return { ...(name === undefined ? {} : { peer: name }), peerIndex: link, ...place };
}

/** Kinds whose links come in pairs. */
const PAIRS: ReadonlySet<string | undefined> = new Set(['veth', 'vxcan', 'netkit']);

/** The index of the link below; a VXLAN has it among its own options. */
export function lowerIndex({ link, linkinfo }: LinkMessage): number | undefined {
  return link ?? linkinfo?.data?.vxlan?.link;
}
