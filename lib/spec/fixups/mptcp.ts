import type { Fixup, Mapping } from './fixup.js';

const HINTS: readonly (readonly [set: string, attribute: string, hint: string])[] = [
  ['address', 'addr4', 'ipv4'],
  ['address', 'addr6', 'ipv6'],
  ['event-attr', 'saddr4', 'ipv4'],
  ['event-attr', 'saddr6', 'ipv6'],
  ['event-attr', 'daddr4', 'ipv4'],
  ['event-attr', 'daddr6', 'ipv6'],
];
const EVENTS: readonly (readonly [name: string, value: number])[] = [
  ['created', 1],
  ['established', 2],
  ['closed', 3],
  ['announced', 6],
  ['removed', 7],
  ['sub-established', 10],
  ['sub-closed', 11],
  ['sub-priority', 13],
  ['listener-created', 15],
  ['listener-closed', 16],
];

export const mptcpFixups: readonly Fixup[] = [
  ...HINTS.map(([set, attribute, hint]) => ({
    reason: 'an address without a hint is an opaque number or opaque bytes',
    at: ['attribute-sets', set, 'attributes', attribute],
    was: { 'display-hint': undefined },
    set: { 'display-hint': hint },
  })),
  {
    reason: 'MPTCP_PM_ADDR_FLAG_* of linux/mptcp.h are not described',
    at: ['definitions'],
    add: [
      {
        name: 'addr-flags',
        type: 'flags',
        'name-prefix': 'mptcp-pm-addr-flag-',
        entries: ['signal', 'subflow', 'backup', 'fullmesh', 'implicit', 'laminar'],
      },
    ],
  },
  {
    reason: 'the flags of an address are MPTCP_PM_ADDR_FLAG_*',
    at: ['attribute-sets', 'address', 'attributes', 'flags'],
    was: { enum: undefined },
    set: { enum: 'addr-flags' },
  },
  {
    reason: 'the multicast groups (MPTCP_PM_CMD_GRP_NAME, MPTCP_PM_EV_GRP_NAME) are not listed',
    at: [],
    was: { 'mcast-groups': undefined },
    set: { 'mcast-groups': { list: [{ name: 'mptcp_pm_cmds' }, { name: 'mptcp_pm_events' }] } },
  },
  {
    reason: 'the attributes of events are described, and no operation has them',
    at: ['operations', 'list'],
    add: EVENTS.map(([name, value]): Mapping => ({
      name: `${name}-event`,
      doc: name,
      value,
      'attribute-set': 'event-attr',
      event: {},
      mcgrp: 'mptcp_pm_events',
    })),
  },
];
