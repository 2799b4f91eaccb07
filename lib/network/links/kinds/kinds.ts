import { oneOf } from '../../checks.js';
import { address, type Field, type Fields, flag, named, number, seconds } from './field.js';
import type {
  BondOptions,
  BridgeOptions,
  IpvlanOptions,
  KindOptions,
  MacvlanOptions,
  VlanOptions,
  VrfOptions,
  VxlanOptions,
} from './options.js';

const U16_MAX = 0xffff;
const U32_MAX = 0xffffffff;
const LARGEST_VLAN = 4094;
const LARGEST_VNI = 0xffffff;

const bridge: Fields<BridgeOptions> = {
  forwardDelay: seconds('forwardDelay'),
  helloTime: seconds('helloTime'),
  maxAge: seconds('maxAge'),
  ageingTime: seconds('ageingTime'),
  stp: flag('stpState'),
  priority: number('priority', U16_MAX),
  vlanFiltering: flag('vlanFiltering'),
  defaultPvid: number('vlanDefaultPvid', LARGEST_VLAN),
  multicastSnooping: flag('mcastSnooping'),
  multicastQuerier: flag('mcastQuerier'),
  groupForwardMask: number('groupFwdMask', U16_MAX),
};

const VLAN_PROTOCOLS = { '802.1Q': '8021q', '802.1ad': '8021ad' } as const;
const vlan: Fields<VlanOptions> = {
  id: number('id', LARGEST_VLAN),
  protocol: {
    read: ({ protocol }) => (protocol === '8021ad' ? '802.1ad' : protocol === '8021q' ? '802.1Q' : undefined),
    write: (where, value) => ({ protocol: oneOf(where, value, VLAN_PROTOCOLS) }),
  },
};

const vxlan: Fields<VxlanOptions> = {
  id: number('id', LARGEST_VNI),
  local: address('local', 'local6'),
  remote: address('group', 'group6'),
  port: number('port', U16_MAX, 1),
  ttl: number('ttl', 255),
  learning: flag('learning'),
  ageing: number('ageing', U32_MAX),
  external: flag('collectMetadata'),
  proxy: flag('proxy'),
};

const MACVLAN_MODES = {
  private: 'private',
  vepa: 'vepa',
  bridge: 'bridge',
  passthru: 'passthru',
  source: 'source',
} as const;
/** The kernel keeps the mode as one bit of a set. */
const macvlanMode: Field<NonNullable<MacvlanOptions['mode']>> = {
  read: ({ mode }) => (mode as NonNullable<MacvlanOptions['mode']>[] | undefined)?.[0],
  write: (where, value) => ({ mode: [oneOf(where, value, MACVLAN_MODES)] }),
};
const macvlan: Fields<MacvlanOptions> = { mode: macvlanMode };

const IPVLAN_MODES = { l2: 'l2', l3: 'l3', l3s: 'l3s' } as const;
const ipvlan: Fields<IpvlanOptions> = {
  mode: {
    read: ({ mode }) => mode as IpvlanOptions['mode'],
    write: (where, value) => ({ mode: oneOf(where, value, IPVLAN_MODES) }),
  },
};

const vrf: Fields<VrfOptions> = { table: number('table', U32_MAX, 1) };

const bond: Fields<BondOptions> = {
  mode: named('mode', {
    'balance-rr': 0,
    'active-backup': 1,
    'balance-xor': 2,
    broadcast: 3,
    '802.3ad': 4,
    'balance-tlb': 5,
    'balance-alb': 6,
  }),
  miimon: number('miimon', 0x7fffffff),
  upDelay: number('updelay', 0x7fffffff),
  downDelay: number('downdelay', 0x7fffffff),
  hashPolicy: named('xmitHashPolicy', {
    layer2: 0,
    'layer3+4': 1,
    'layer2+3': 2,
    'encap2+3': 3,
    'encap3+4': 4,
    'vlan+srcmac': 5,
  }),
  lacpRate: named('adLacpRate', { slow: 0, fast: 1 }),
  minLinks: number('minLinks', 0x7fffffff),
};

/** The kinds of links whose options have names here. */
export const KINDS: { readonly [Kind in keyof KindOptions]-?: Fields<NonNullable<KindOptions[Kind]>> } = {
  bridge,
  vlan,
  vxlan,
  macvlan,
  macvtap: macvlan,
  ipvlan,
  vrf,
  bond,
};

export type TypedKind = keyof typeof KINDS;

export function isTypedKind(kind: string): kind is TypedKind {
  return Object.hasOwn(KINDS, kind);
}
