import { bigEndian, entryPrefixes, member, notification } from './entries.js';
import type { Fixup } from './fixup.js';

export const addressFixups: readonly Fixup[] = [
  {
    reason:
      'RTM_NEWADDR and RTM_DELADDR are sent to the groups that the spec lists, and no operation says so',
    at: ['operations', 'list'],
    add: [notification('newaddr-ntf', 20, 'getaddr'), notification('deladdr-ntf', 21, 'getaddr')],
  },
  {
    reason: 'IFA_TARGET_NETNSID is a number (nla_get_s32 in inet_rtm_newaddr)',
    at: ['attribute-sets', 'addr-attrs', 'attributes', 'target-netnsid'],
    was: { type: 'binary' },
    set: { type: 's32' },
  },
  {
    reason: 'IFA_ANYCAST is an IPv6 address',
    at: ['attribute-sets', 'addr-attrs', 'attributes', 'anycast'],
    was: { 'display-hint': undefined },
    set: { 'display-hint': 'ipv4-or-v6' },
  },
  {
    reason: 'IFA_MULTICAST is an IPv4 or IPv6 address, as RTM_GETMULTICAST answers it',
    at: ['attribute-sets', 'addr-attrs', 'attributes', 'multicast'],
    was: { 'display-hint': undefined },
    set: { 'display-hint': 'ipv4-or-v6' },
  },
];

export const routeFixups: readonly Fixup[] = [
  {
    reason: 'RTA_MULTIPATH is a row of struct rtnexthop, each followed by attributes of a route',
    at: ['definitions'],
    add: [
      {
        name: 'rtnexthop',
        type: 'struct',
        members: [
          { name: 'rtnh-len', type: 'u16' },
          { name: 'rtnh-flags', type: 'u8', enum: 'rtnh-flags' },
          { name: 'rtnh-hops', type: 'u8' },
          { name: 'rtnh-ifindex', type: 's32' },
        ],
      },
      {
        name: 'rtnh-flags',
        type: 'flags',
        'name-prefix': 'rtnh-f-',
        entries: ['dead', 'pervasive', 'onlink', 'offload', 'linkdown', 'unresolved', 'trap'],
      },
      {
        name: 'rtvia',
        type: 'struct',
        members: [
          { name: 'rtvia-family', type: 'u16' },
          { name: 'rtvia-addr', type: 'binary', repeat: 'rest', 'display-hint': 'ipv4-or-v6' },
        ],
      },
    ],
  },
  {
    reason: 'RTA_MULTIPATH is a row of struct rtnexthop, each followed by attributes of a route',
    at: ['attribute-sets', 'route-attrs', 'attributes', 'multipath'],
    was: { type: 'binary' },
    set: { type: 'records', struct: 'rtnexthop', 'nested-attributes': 'route-attrs' },
  },
  {
    reason: 'RTA_VIA is struct rtvia: a gateway of another address family',
    at: ['attribute-sets', 'route-attrs', 'attributes', 'via'],
    was: { type: 'binary', struct: undefined },
    set: { struct: 'rtvia' },
  },
  {
    reason: 'RTA_SPORT is big-endian (nla_get_be16 in inet_rtm_getroute)',
    at: ['attribute-sets', 'route-attrs', 'attributes', 'sport'],
    was: { 'byte-order': undefined },
    set: { 'byte-order': 'big-endian' },
  },
  {
    reason: 'RTA_DPORT is big-endian (nla_get_be16 in inet_rtm_getroute)',
    at: ['attribute-sets', 'route-attrs', 'attributes', 'dport'],
    was: { 'byte-order': undefined },
    set: { 'byte-order': 'big-endian' },
  },
  member(
    'rta-cacheinfo',
    'rta-expires',
    'u32',
    's32',
    'rta_expires of struct rta_cacheinfo is signed: it is negative once the route has expired (linux/rtnetlink.h)',
  ),
  {
    reason: 'struct rta_cacheinfo has twelve more bytes: rta_id, rta_ts and rta_tsage',
    at: ['definitions', 'rta-cacheinfo', 'members'],
    add: [
      { name: 'rta-id', type: 'u32' },
      { name: 'rta-ts', type: 'u32' },
      { name: 'rta-tsage', type: 'u32' },
    ],
  },
];

export const neighbourFixups: readonly Fixup[] = [
  bigEndian('neighbour-attrs', 'port', 'NDA_PORT is big-endian (nla_get_be16 in vxlan_fdb_parse)'),
  ...entryPrefixes({
    'nud-state': 'nud-',
    'ntf-flags': 'ntf-',
    'ntf-ext-flags': 'ntf-ext-',
    'rtm-type': 'rtn-',
  }),
];

export const ruleFixups: readonly Fixup[] = [
  bigEndian('fib-rule-attrs', 'tun-id', 'FRA_TUN_ID is big-endian (nla_get_be64 in fib_nl2rule)'),
  ...entryPrefixes({ 'fr-act': 'fr-act-' }),
];
