import { invalidArgument } from '../../errors.js';
import { IfinfoFlags, type LinkMessageInput } from '../../families/rt-link.js';
import { checkOptions, type KnownNames, namesOf } from '../../known-names.js';
import { shown } from '../../shown-value.js';
import type { NetworkNamespace } from '../../socket/port/namespace.js';
import { boolean, integer, text } from '../checks.js';
import { macAddress } from '../ip.js';
import { type LinkReference, newName } from '../link-directory.js';
import { groups } from '../names/tables.js';
import { type Fields, writeFields } from './kinds/field.js';
import { KINDS, type TypedKind } from './kinds/kinds.js';
import type { KindOptions } from './kinds/options.js';

const U32_MAX = 0xffffffff;
const INDEX_MAX = 0x7fffffff;
const LONGEST_ALIAS = 255;

/** What every link has. */
interface CommonOptions {
  /** Largest packet in bytes (IFLA_MTU); the kernel knows the limits of each link. */
  readonly mtu?: number | undefined;
  /** Link-layer address: `'02:00:00:00:00:01'` (IFLA_ADDRESS). */
  readonly mac?: string | undefined;
  /** Packets that its queue holds (IFLA_TXQLEN). */
  readonly txQueueLength?: number | undefined;
  /** Group by name or number (IFLA_GROUP). */
  readonly group?: string | number | undefined;
  /** The namespace to make it in, or to move it to: a name, a path, `{ pid }` or `{ fd }` (IFLA_NET_NS_FD). Needs CAP_NET_ADMIN there, too. */
  readonly netns?: NetworkNamespace | undefined;
}

/** What can be said of a link. */
export interface LinkOptions extends CommonOptions, KindOptions {
  /** Whether it is switched on (IFF_UP). */
  readonly up?: boolean | undefined;
  /** The bridge, bond or VRF that it is to belong to; `null` takes it out (IFLA_MASTER). */
  readonly master?: LinkReference | null | undefined;
  /** Whether it uses ARP; false is IFF_NOARP. */
  readonly arp?: boolean | undefined;
  /** Whether it accepts every packet (IFF_PROMISC). */
  readonly promiscuous?: boolean | undefined;
  /** Whether it accepts every multicast packet (IFF_ALLMULTI). */
  readonly allMulticast?: boolean | undefined;
  /** Further attributes, which replace those made from the options. */
  readonly raw?: LinkMessageInput | undefined;
}

/** The other end of a veth pair. It is switched on afterwards, with `set`: the kernel refuses that while the pair is made. */
export interface PeerInput extends CommonOptions {
  /** Default: the kernel chooses one. */
  readonly name?: string | undefined;
}

/** A link to make. */
export interface LinkInput extends LinkOptions {
  /** At most 15 bytes (IFLA_IFNAME). */
  readonly name: string;
  /** `'veth'`, `'bridge'`, `'vlan'` …: any that the kernel has (IFLA_INFO_KIND). */
  readonly kind: string;
  /** The link that it is made on, which a VLAN and a macvlan need (IFLA_LINK). */
  readonly parent?: LinkReference | undefined;
  /** The other end of a veth pair. */
  readonly peer?: PeerInput | undefined;
  /** Default: the kernel chooses one. */
  readonly index?: number | undefined;
}

/** What can be changed of a link that is there. */
export interface LinkChangeOptions extends LinkOptions {
  /** A new name, at most 15 bytes. Links that are on can be renamed since kernel 6.2. */
  readonly name?: string | undefined;
  /** Free text, at most 255 bytes; `null` removes it (IFLA_IFALIAS). */
  readonly alias?: string | null | undefined;
}

/** A link to change: what is named, and nothing else. */
export interface LinkChange extends LinkChangeOptions {
  /** Which link: name, alternative name or index. */
  readonly link: LinkReference;
}

const COMMON = { mtu: true, mac: true, txQueueLength: true, group: true, netns: true } as const;
const OPTIONS = {
  ...COMMON,
  up: true,
  master: true,
  arp: true,
  promiscuous: true,
  allMulticast: true,
  raw: true,
  bridge: true,
  vlan: true,
  vxlan: true,
  macvlan: true,
  macvtap: true,
  ipvlan: true,
  vrf: true,
  bond: true,
} as const;
const PEER: KnownNames = namesOf<PeerInput>({ ...COMMON, name: true });
export const LINK_INPUT: KnownNames = namesOf<LinkInput>({
  ...OPTIONS,
  name: true,
  kind: true,
  parent: true,
  peer: true,
  index: true,
});
export const LINK_CHANGE: KnownNames = namesOf<LinkChange>({
  ...OPTIONS,
  link: true,
  name: true,
  alias: true,
});

/** Checks a link to make, and makes the request of it but for what needs the kernel: indexes and namespaces. */
export function checkLinkInput(where: string, input: LinkInput): LinkMessageInput {
  checkOptions(where, input, LINK_INPUT);
  const { kind, peer, index } = input;
  if (typeof kind !== 'string' || kind === '') {
    throw invalidArgument(
      `${where}: kind must be a kind of link such as 'veth' or 'bridge', got ${shown(kind)}`,
    );
  }
  if (peer !== undefined && kind !== 'veth') {
    throw invalidArgument(`${where}: peer is for links of kind 'veth', and this one is of kind '${kind}'`);
  }
  if (peer !== undefined) checkOptions(`${where}: peer`, peer, PEER);
  const data = kind === 'veth' ? {} : kindData(where, kind, input);
  return {
    ifname: newName(`${where}: name`, input.name),
    ...(index !== undefined && { ifiIndex: integer(`${where}: index`, index, 1, INDEX_MAX) }),
    ...checkedOptions(where, input),
    linkinfo: { kind, ...data },
  };
}

/** Checks a change of a link. */
export function checkLinkChange(where: string, input: LinkChange): LinkMessageInput {
  checkOptions(where, input, LINK_CHANGE);
  const [kind, another] = kindsIn(input);
  if (another !== undefined) {
    throw invalidArgument(`${where}: '${kind}' and '${another}' exclude each other: a link has one kind`);
  }
  return {
    ...(input.name !== undefined && { ifname: newName(`${where}: name`, input.name) }),
    ...(input.alias !== undefined && { ifalias: aliasText(where, input.alias) }),
    ...checkedOptions(where, input),
    ...(kind !== undefined && { linkinfo: { kind, ...kindData(where, kind, input) } }),
  };
}

/** The request of a veth pair's other end. */
export function peerRequest(where: string, peer: PeerInput): LinkMessageInput {
  return {
    ...(peer.name !== undefined && { ifname: newName(`${where}: name`, peer.name) }),
    ...commonOptions(where, peer),
  };
}

function checkedOptions(where: string, options: LinkOptions): LinkMessageInput {
  return { ...commonOptions(where, options), ...flagBits(where, options) };
}

function commonOptions(where: string, { mtu, mac, txQueueLength, group }: CommonOptions): LinkMessageInput {
  return {
    ...(mtu !== undefined && { mtu: integer(`${where}: mtu`, mtu, 0, INDEX_MAX) }),
    ...(mac !== undefined && { address: macAddress(`${where}: mac`, mac) }),
    ...(txQueueLength !== undefined && {
      txqlen: integer(`${where}: txQueueLength`, txQueueLength, 0, U32_MAX),
    }),
    ...(group !== undefined && { group: groups.number(where, group) }),
  };
}

function aliasText(where: string, alias: string | null): string {
  const given = alias === null ? '' : text(`${where}: alias`, alias);
  if (Buffer.byteLength(given) <= LONGEST_ALIAS) return given;
  throw invalidArgument(`${where}: alias must have at most ${LONGEST_ALIAS} bytes`);
}

/** The flags that are named, and the mask that says so. */
function flagBits(where: string, options: Pick<LinkOptions, 'up' | 'arp' | 'promiscuous' | 'allMulticast'>) {
  const flags = new Set<keyof typeof IfinfoFlags.bits>();
  const changed = new Set<keyof typeof IfinfoFlags.bits>();
  const set = (
    name: 'up' | 'arp' | 'promiscuous' | 'allMulticast',
    flag: 'up' | 'no-arp' | 'promisc' | 'all-multi',
  ) => {
    if (options[name] === undefined) return;
    changed.add(flag);
    if (boolean(`${where}: ${name}`, options[name]) !== (flag === 'no-arp')) flags.add(flag);
  };
  set('up', 'up');
  set('arp', 'no-arp');
  set('promiscuous', 'promisc');
  set('allMulticast', 'all-multi');
  if (changed.size === 0) return {};
  return { ifiFlags: [...flags], ifiChange: IfinfoFlags.mask([...changed]) };
}

function kindsIn(options: LinkOptions): TypedKind[] {
  return (Object.keys(KINDS) as TypedKind[]).filter((kind) => options[kind] !== undefined);
}

/** The attributes of the kind's own options; those of another kind are refused. */
function kindData(where: string, kind: string, options: LinkOptions) {
  const [given, ...more] = kindsIn(options);
  const stray = [given, ...more].find((name) => name !== undefined && name !== kind);
  if (stray !== undefined) {
    throw invalidArgument(
      `${where}: '${stray}' is for links of kind '${stray}', and this one is of kind '${kind}'`,
    );
  }
  if (given === undefined) return {};
  const fields = KINDS[given] as Fields<object>;
  return { data: { [given]: writeFields<object>(`${where}: ${given}`, fields, options[given] ?? {}) } };
}
