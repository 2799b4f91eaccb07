import {
  attributes,
  BE,
  bigEndian,
  entryPrefixes,
  member,
  nested,
  notification,
  retyped,
} from './entries.js';
import type { Fixup, Mapping } from './fixup.js';
import { linkKinds } from './rt-link-kinds.js';

const STATS: Mapping = { name: 'newstats-ntf', doc: 'newstats', value: 92, notify: 'getstats' };

export const linkFixups: readonly Fixup[] = [
  {
    reason:
      'RTM_DELLINK is sent to RTNLGRP_LINK and RTM_NEWSTATS to RTNLGRP_STATS; a reader met an unknown type',
    at: ['operations', 'list'],
    add: [
      notification('dellink-ntf', 17, 'getlink', 'rtnlgrp-link'),
      { ...STATS, 'fixed-header': 'if-stats-msg', mcgrp: 'rtnlgrp-stats' },
    ],
  },
  {
    reason: 'the priority in IFLA_BR_ROOT_ID and IFLA_BR_BRIDGE_ID is big-endian: 32768 was read as 128',
    at: ['definitions', 'ifla-bridge-id', 'members', 'prio'],
    was: { 'byte-order': undefined },
    set: BE,
  },
  {
    reason: 'struct ifla_vf_vlan_info ends in a big-endian 16-bit protocol (linux/if_link.h)',
    at: ['definitions', 'ifla-vf-vlan-info', 'members', 'vlan-proto'],
    was: { type: 'u32', 'byte-order': undefined },
    set: { type: 'u16', ...BE },
  },
  {
    reason: 'IFLA_INET6_TOKEN is an IPv6 address',
    at: ['attribute-sets', 'ifla6-attrs', 'attributes', 'token'],
    was: { 'display-hint': undefined },
    set: { 'display-hint': 'ipv6' },
  },
  bigEndian(
    'linkinfo-bridge-attrs',
    'vlan-protocol',
    'IFLA_BR_VLAN_PROTOCOL is big-endian (nla_get_be16 in br_changelink): 802.1ad was read as 43144',
  ),
  {
    reason: 'IFLA_PROTO_DOWN_REASON is a nest of a mask and bits (rtnl_proto_down_reason_fill)',
    at: ['attribute-sets'],
    add: [
      {
        name: 'proto-down-reason-attrs',
        'name-prefix': 'ifla-proto-down-reason-',
        attributes: attributes([
          ['mask', 'u32'],
          ['value', 'u32'],
        ]),
      },
    ],
  },
  retyped(
    'link-attrs',
    'proto-down-reason',
    { type: 'string' },
    { type: 'nest', ...nested('proto-down-reason-attrs') },
    'IFLA_PROTO_DOWN_REASON is a nest of a mask and bits (rtnl_proto_down_reason_fill)',
  ),
  retyped(
    'bond-slave-attrs',
    'prio',
    { type: 'u32' },
    { type: 's32' },
    'IFLA_BOND_SLAVE_PRIO is signed (nla_put_s32 in bond_fill_slave_info)',
  ),
  retyped(
    'ifla6-attrs',
    'conf',
    { 'sub-type': 'u32' },
    { 'sub-type': 's32' },
    'the settings in IFLA_INET6_CONF are signed: accept_dad and others can be -1 (ipv6_store_devconf)',
  ),
  member(
    'ifla-cacheinfo',
    'reachable-time',
    's32',
    'u32',
    'reachable_time of struct ifla_cacheinfo is unsigned (linux/if_link.h)',
  ),
  ...entryPrefixes({
    'ipv6-devconf': 'devconf-',
    'ifla-icmp6-stats': 'icmp6-mib-',
    'ifla-inet6-stats': 'ipstats-mib-',
    'vlan-flags': 'vlan-flag-',
    'ifla-vf-link-state-enum': 'ifla-vf-link-state-',
    'rtext-filter': 'rtext-filter-',
    'netkit-policy': 'netkit-',
    'netkit-mode': 'netkit-',
    'netkit-scrub': 'netkit-scrub-',
    'br-stp-mode': 'br-stp-mode-',
  }),
  ...linkKinds,
];
