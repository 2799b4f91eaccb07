import { attributes, BE } from './entries.js';
import type { Fixup, Mapping } from './fixup.js';

const IPV4: Mapping = { ...BE, 'display-hint': 'ipv4' };
const IPV6: Mapping = { 'display-hint': 'ipv6' };
const PEER: Mapping = { struct: 'ifinfomsg', 'nested-attributes': 'link-attrs' };

/** The options of kinds of links that the spec does not have, by kind and the prefix of their constants. */
const KINDS: Readonly<Record<string, readonly [prefix: string, list: readonly Mapping[]]>> = {
  veth: ['veth-info-', attributes([['peer', 'nest', PEER]])],
  vxcan: ['vxcan-info-', attributes([['peer', 'nest', PEER]])],
  vxlan: [
    'ifla-vxlan-',
    attributes([
      ['id', 'u32'],
      ['group', 'u32', IPV4],
      ['link', 'u32'],
      ['local', 'u32', IPV4],
      ['ttl', 'u8'],
      ['tos', 'u8'],
      ['learning', 'u8'],
      ['ageing', 'u32'],
      ['limit', 'u32'],
      ['port-range', 'binary', { struct: 'ifla-vxlan-port-range' }],
      ['proxy', 'u8'],
      ['rsc', 'u8'],
      ['l2miss', 'u8'],
      ['l3miss', 'u8'],
      ['port', 'u16', BE],
      ['group6', 'binary', IPV6],
      ['local6', 'binary', IPV6],
      ['udp-csum', 'u8'],
      ['udp-zero-csum6-tx', 'u8'],
      ['udp-zero-csum6-rx', 'u8'],
      ['remcsum-tx', 'u8'],
      ['remcsum-rx', 'u8'],
      ['gbp', 'flag'],
      ['remcsum-nopartial', 'flag'],
      ['collect-metadata', 'u8'],
      ['label', 'u32', BE],
      ['gpe', 'flag'],
      ['ttl-inherit', 'flag'],
      ['df', 'u8'],
      ['vnifilter', 'u8'],
      ['localbypass', 'u8'],
      ['label-policy', 'u32'],
    ]),
  ],
  macvlan: [
    'ifla-macvlan-',
    attributes([
      ['mode', 'u32', { enum: 'macvlan-mode', 'enum-as-flags': true }],
      ['flags', 'u16', { enum: 'macvlan-flags' }],
      ['macaddr-mode', 'u32', { enum: 'macvlan-macaddr-mode' }],
      ['macaddr', 'binary', { 'display-hint': 'mac' }],
      ['macaddr-data', 'nest', { 'nested-attributes': 'linkinfo-macvlan-macaddr-attrs' }],
      ['macaddr-count', 'u32'],
      ['bc-queue-len', 'u32'],
      ['bc-queue-len-used', 'u32'],
      ['bc-cutoff', 's32'],
    ]),
  ],
  ipvlan: [
    'ifla-ipvlan-',
    attributes([
      ['mode', 'u16', { enum: 'ipvlan-mode' }],
      ['flags', 'u16', { enum: 'ipvlan-flags' }],
    ]),
  ],
  bareudp: [
    'ifla-bareudp-',
    attributes([
      ['port', 'u16', BE],
      ['ethertype', 'u16', BE],
      ['srcport-min', 'u16'],
      ['multiproto-mode', 'flag'],
    ]),
  ],
  xfrm: [
    'ifla-xfrm-',
    attributes([
      ['link', 'u32'],
      ['if-id', 'u32'],
      ['collect-metadata', 'flag'],
    ]),
  ],
  macsec: [
    'ifla-macsec-',
    attributes([
      ['sci', 'u64', BE],
      ['port', 'u16', BE],
      ['icv-len', 'u8'],
      ['cipher-suite', 'u64'],
      ['window', 'u32'],
      ['encoding-sa', 'u8'],
      ['encrypt', 'u8'],
      ['protect', 'u8'],
      ['inc-sci', 'u8'],
      ['es', 'u8'],
      ['scb', 'u8'],
      ['replay-protect', 'u8'],
      ['validation', 'u8', { enum: 'macsec-validation-type' }],
      ['pad', 'pad'],
      ['offload', 'u8', { enum: 'macsec-offload' }],
    ]),
  ],
  gtp: [
    'ifla-gtp-',
    attributes([
      ['fd0', 'u32'],
      ['fd1', 'u32'],
      ['pdp-hashsize', 'u32'],
      ['role', 'u32', { enum: 'gtp-role' }],
      ['create-sockets', 'u8'],
      ['restart-count', 'u8'],
      ['local', 'u32', IPV4],
      ['local6', 'binary', IPV6],
    ]),
  ],
  ipoib: [
    'ifla-ipoib-',
    attributes([
      ['pkey', 'u16'],
      ['mode', 'u16', { enum: 'ipoib-mode' }],
      ['umcast', 'u16'],
    ]),
  ],
  rmnet: [
    'ifla-rmnet-',
    attributes([
      ['mux-id', 'u16'],
      ['flags', 'binary', { struct: 'ifla-rmnet-flags' }],
    ]),
  ],
};

/** Kinds that take the options of another kind, and kinds that have none. */
const LIKE: Readonly<Record<string, string>> = {
  macvtap: 'linkinfo-macvlan-attrs',
  ipvtap: 'linkinfo-ipvlan-attrs',
  ip6gretap: 'linkinfo-gre6-attrs',
  ip6erspan: 'linkinfo-gre6-attrs',
};
const WITHOUT_OPTIONS = [
  ...['dummy', 'ifb', 'lowpan', 'netdevsim', 'nlmon', 'team', 'vcan', 'virt_wifi', 'vsockmon', 'wireguard'],
];

const DEFINITIONS: readonly Mapping[] = [
  {
    name: 'ifla-vxlan-port-range',
    type: 'struct',
    members: [
      { name: 'low', type: 'u16', ...BE },
      { name: 'high', type: 'u16', ...BE },
    ],
  },
  {
    name: 'ifla-rmnet-flags',
    type: 'struct',
    members: [
      { name: 'flags', type: 'u32' },
      { name: 'mask', type: 'u32' },
    ],
  },
  {
    name: 'macvlan-mode',
    type: 'flags',
    'name-prefix': 'macvlan-mode-',
    entries: ['private', 'vepa', 'bridge', 'passthru', 'source'],
  },
  {
    name: 'macvlan-flags',
    type: 'flags',
    'name-prefix': 'macvlan-flag-',
    entries: ['nopromisc', 'nodst'],
  },
  {
    name: 'macvlan-macaddr-mode',
    type: 'enum',
    'name-prefix': 'macvlan-macaddr-',
    entries: ['add', 'del', 'flush', 'set'],
  },
  { name: 'ipvlan-mode', type: 'enum', 'name-prefix': 'ipvlan-mode-', entries: ['l2', 'l3', 'l3s'] },
  { name: 'ipvlan-flags', type: 'flags', 'name-prefix': 'ipvlan-f-', entries: ['private', 'vepa'] },
  {
    name: 'macsec-validation-type',
    type: 'enum',
    'name-prefix': 'macsec-validate-',
    entries: ['disabled', 'check', 'strict'],
  },
  {
    name: 'macsec-offload',
    type: 'enum',
    'name-prefix': 'macsec-offload-',
    entries: ['off', 'phy', 'mac'],
  },
  { name: 'gtp-role', type: 'enum', 'name-prefix': 'gtp-role-', entries: ['ggsn', 'sgsn'] },
  {
    name: 'ipoib-mode',
    type: 'enum',
    'name-prefix': 'ipoib-mode-',
    entries: ['datagram', 'connected'],
  },
];
const MACVLAN_ADDRESSES: Mapping = {
  name: 'linkinfo-macvlan-macaddr-attrs',
  'name-prefix': 'ifla-macvlan-',
  attributes: [{ name: 'macaddr', type: 'binary', value: 4, 'multi-attr': true, 'display-hint': 'mac' }],
};
const VRF_PORT: Mapping = {
  name: 'linkinfo-vrf-port-attrs',
  'name-prefix': 'ifla-vrf-port-',
  attributes: attributes([['table', 'u32']]),
};
const reason =
  'a link of a kind that the spec has no format for made a whole dump unreadable (vxlan, macvlan: seen)';

function setOf(kind: string): string {
  return `linkinfo-${kind}-attrs`;
}

export const linkKinds: readonly Fixup[] = [
  { reason, at: ['definitions'], add: DEFINITIONS },
  {
    reason,
    at: ['attribute-sets'],
    add: [
      ...Object.entries(KINDS).map(([kind, [prefix, list]]): Mapping => ({
        name: setOf(kind),
        'name-prefix': prefix,
        attributes: list,
      })),
      MACVLAN_ADDRESSES,
      VRF_PORT,
    ],
  },
  {
    reason,
    at: ['sub-messages', 'linkinfo-data-msg', 'formats'],
    add: [
      ...Object.keys(KINDS).map((kind): Mapping => ({ value: kind, 'attribute-set': setOf(kind) })),
      ...Object.entries(LIKE).map(([kind, set]): Mapping => ({ value: kind, 'attribute-set': set })),
      ...WITHOUT_OPTIONS.map((kind): Mapping => ({ value: kind })),
    ],
  },
  {
    reason: 'a port of a VRF answers IFLA_VRF_PORT_TABLE',
    at: ['sub-messages', 'linkinfo-member-data-msg', 'formats'],
    add: [{ value: 'vrf', 'attribute-set': 'linkinfo-vrf-port-attrs' }],
  },
];
