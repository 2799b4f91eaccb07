import { member, notification, repeated, retyped } from './entries.js';
import type { Fixup, Mapping } from './fixup.js';

const NOTIFICATIONS: readonly (readonly [name: string, value: number, get: string])[] = [
  ['newqdisc-ntf', 36, 'getqdisc'],
  ['delqdisc-ntf', 37, 'getqdisc'],
  ['newtclass-ntf', 40, 'gettclass'],
  ['deltclass-ntf', 41, 'gettclass'],
  ['newtfilter-ntf', 44, 'gettfilter'],
  ['deltfilter-ntf', 45, 'gettfilter'],
  ['newchain-ntf', 100, 'getchain'],
  ['delchain-ntf', 101, 'getchain'],
];
/** What counters of a kind look like, where the spec does not say: `struct tc_*_stats` of linux/pkt_sched.h. */
const XSTATS: Readonly<Record<string, readonly Mapping[]>> = {
  htb: [
    { name: 'lends', type: 'u32' },
    { name: 'borrows', type: 'u32' },
    { name: 'giants', type: 'u32' },
    { name: 'tokens', type: 's32' },
    { name: 'ctokens', type: 's32' },
  ],
  drr: [{ name: 'deficit', type: 'u32' }],
  qfq: [
    { name: 'weight', type: 'u32' },
    { name: 'lmax', type: 'u32' },
  ],
  hfsc: [
    { name: 'work', type: 'u64' },
    { name: 'rtwork', type: 'u64' },
    { name: 'period', type: 'u32' },
    { name: 'level', type: 'u32' },
  ],
};
const RATESPEC =
  'struct tc_ratespec has 16-bit overhead, cell_align and mpu: twelve bytes (linux/pkt_sched.h)';
const INDEXED_ACTIONS = ['basic-attrs', 'bpf-attrs', 'cgroup-attrs', 'flower-attrs', 'fw-attrs'];
const MORE_INDEXED_ACTIONS = ['matchall-attrs', 'route-attrs', 'u32-attrs'];

export const tcFixups: readonly Fixup[] = [
  {
    reason: 'what the kernel announces on RTNLGRP_TC is not described: a message of type 37 stopped a reader',
    at: ['operations', 'list'],
    add: NOTIFICATIONS.map(([name, value, get]): Mapping => notification(name, value, get, 'rtnlgrp-tc')),
  },
  {
    reason: 'RTM_GETTCLASS is a dump in practice: the classes of a queueing discipline',
    at: ['operations', 'list', 'gettclass'],
    was: { dump: undefined },
    set: { dump: { request: { value: 42, attributes: [] }, reply: { value: 40, attributes: [] } } },
  },
  {
    reason: 'RTM_GETCHAIN lists the chains of a queueing discipline as a dump',
    at: ['operations', 'list', 'getchain'],
    was: { dump: undefined },
    set: { dump: { request: { value: 102, attributes: [] }, reply: { value: 100, attributes: [] } } },
  },
  ...['getqdisc', 'gettclass'].map((operation) => ({
    reason: 'the kernel replies only to requests with NLM_F_ECHO, and acknowledges others',
    at: ['operations', 'list', operation, 'do'],
    was: { echo: undefined },
    set: { echo: true },
  })),
  ...(['overhead', 'cell-align', 'mpu'] as const).map((member) => ({
    reason: RATESPEC,
    at: ['definitions', 'tc-ratespec', 'members', member],
    was: { type: 'u8' },
    set: { type: member === 'cell-align' ? 's16' : 'u16' },
  })),
  {
    reason: 'struct tc_u32_sel ends in as many keys as nkeys says, not in one',
    at: ['definitions', 'tc-u32-sel', 'members', 'keys'],
    was: { repeat: undefined },
    set: { repeat: 'rest' },
  },
  {
    reason: 'struct tc_pedit_sel ends in as many keys as nkeys says, not in one',
    at: ['definitions', 'tc-pedit-sel', 'members', 'keys'],
    was: { repeat: undefined },
    set: { repeat: 'rest' },
  },
  {
    reason: 'struct tc_u32_pcnt ends in a counter for each key',
    at: ['definitions', 'tc-u32-pcnt', 'members', 'kcnts'],
    was: { type: 'u64', repeat: undefined },
    set: { type: 'binary', 'sub-type': 'u64', repeat: 'rest' },
  },
  {
    reason: 'TCA_MIRRED_PARMS is struct tc_mirred (linux/tc_act/tc_mirred.h)',
    at: ['definitions'],
    add: [
      {
        name: 'tc-mirred',
        type: 'struct',
        members: [
          { name: 'index', type: 'u32' },
          { name: 'capab', type: 'u32' },
          { name: 'action', type: 's32' },
          { name: 'refcnt', type: 's32' },
          { name: 'bindcnt', type: 's32' },
          { name: 'eaction', type: 's32', enum: 'mirred-eaction' },
          { name: 'ifindex', type: 'u32' },
        ],
      },
      {
        name: 'mirred-eaction',
        type: 'enum',
        'name-prefix': 'tca-',
        'value-start': 1,
        entries: ['egress-redir', 'egress-mirror', 'ingress-redir', 'ingress-mirror'],
      },
    ],
  },
  {
    reason: 'TCA_MIRRED_PARMS is struct tc_mirred (linux/tc_act/tc_mirred.h)',
    at: ['attribute-sets', 'act-mirred-attrs', 'attributes', 'parms'],
    was: { type: 'binary', struct: undefined },
    set: { struct: 'tc-mirred' },
  },
  {
    reason: 'TCA_MIRRED_BLOCKID is a number',
    at: ['attribute-sets', 'act-mirred-attrs', 'attributes', 'blockid'],
    was: { type: 'binary' },
    set: { type: 'u32' },
  },
  {
    reason:
      'counters of HTB and other classes had no format, and a dump with them was unreadable (htb: seen)',
    at: ['definitions'],
    add: Object.entries(XSTATS).map(([kind, members]): Mapping => ({
      name: `tc-${kind}-xstats`,
      type: 'struct',
      members,
    })),
  },
  {
    reason:
      'counters of HTB and other classes had no format, and a dump with them was unreadable (htb: seen)',
    at: ['sub-messages', 'tca-stats-app-msg', 'formats'],
    add: Object.keys(XSTATS).map((kind): Mapping => ({ value: kind, 'fixed-header': `tc-${kind}-xstats` })),
  },
  member('tc-etf-qopt', 'flags', 's32', 'u32', 'flags of struct tc_etf_qopt is unsigned (linux/pkt_sched.h)'),
  member('tc-prio-qopt', 'bands', 'u32', 's32', 'bands of struct tc_prio_qopt is signed (linux/pkt_sched.h)'),
  retyped(
    'netem-attrs',
    'pad',
    { type: 'u32' },
    { type: 'pad' },
    'TCA_NETEM_PAD aligns what follows it (nla_put_64bit in netem_dump)',
  ),
  repeated(
    'taprio-attrs',
    'tc-entry',
    'a schedule has a TCA_TAPRIO_ATTR_TC_ENTRY for each class (taprio_dump_tc_entries)',
  ),
  ...[...INDEXED_ACTIONS, ...MORE_INDEXED_ACTIONS].map((set) => ({
    reason: 'actions are numbered from 1: the kernel passes over number 0 (tcf_action_init)',
    at: ['attribute-sets', set, 'attributes', 'act'],
    was: { type: 'indexed-array', 'index-base': undefined },
    set: { 'index-base': 1 },
  })),
];
