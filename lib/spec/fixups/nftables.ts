import { notification } from './entries.js';
import type { Fixup, Mapping } from './fixup.js';
import { nftablesExpressions } from './nftables-expressions.js';

const BIG_ENDIAN: readonly (readonly [set: string, attribute: string])[] = [
  ['set-attrs', 'id'],
  ['set-attrs', 'timeout'],
  ['set-attrs', 'gc-interval'],
  ['setelem-attrs', 'timeout'],
  ['setelem-attrs', 'expiration'],
  ['setelem-list-attrs', 'set-id'],
  ['rule-attrs', 'id'],
  ['rule-attrs', 'position-id'],
  ['rule-attrs', 'chain-id'],
  ['numgen-attrs', 'dreg'],
];
const NOTIFICATIONS: readonly (readonly [name: string, value: number, get: string])[] = [
  ['newtable-ntf', 0xa00, 'gettable'],
  ['deltable-ntf', 0xa02, 'gettable'],
  ['newchain-ntf', 0xa03, 'getchain'],
  ['delchain-ntf', 0xa05, 'getchain'],
  ['newrule-ntf', 0xa06, 'getrule'],
  ['delrule-ntf', 0xa08, 'getrule'],
  ['newset-ntf', 0xa09, 'getset'],
  ['delset-ntf', 0xa0b, 'getset'],
  ['newsetelem-ntf', 0xa0c, 'getsetelem'],
  ['delsetelem-ntf', 0xa0e, 'getsetelem'],
  ['newgen-ntf', 0xa0f, 'getgen'],
  ['newobj-ntf', 0xa12, 'getobj'],
  ['delobj-ntf', 0xa14, 'getobj'],
  ['newflowtable-ntf', 0xa16, 'getflowtable'],
  ['delflowtable-ntf', 0xa18, 'getflowtable'],
];

export const nftablesFixups: readonly Fixup[] = [
  ...BIG_ENDIAN.map(([set, attribute]) => ({
    reason: 'numbers of nf_tables are big-endian; read in host order, timeouts on live data were nonsense',
    at: ['attribute-sets', set, 'attributes', attribute],
    was: { 'byte-order': undefined },
    set: { 'byte-order': 'big-endian' },
  })),
  {
    reason: 'NFTA_SET_ELEM_PAD is 8, so what follows it is one more than the spec counts',
    at: ['attribute-sets', 'setelem-attrs', 'attributes', 'objref'],
    was: { value: undefined },
    set: { value: 9 },
  },
  {
    reason: 'NFTA_SET_ELEM_PAD is not described',
    at: ['attribute-sets', 'setelem-attrs', 'attributes'],
    add: [{ name: 'pad', type: 'pad', value: 8 }],
  },
  {
    reason: 'NFTA_SET_ELEM_FLAGS is a number of flags',
    at: ['attribute-sets', 'setelem-attrs', 'attributes', 'flags'],
    was: { type: 'binary', enum: undefined },
    set: { type: 'u32', 'byte-order': 'big-endian', enum: 'set-elem-flags' },
  },
  {
    reason: 'what the kernel announces on NFNLGRP_NFTABLES is not described',
    at: ['operations', 'list'],
    add: NOTIFICATIONS.map(([name, value, get]): Mapping => notification(name, value, get, 'mgmt')),
  },
  {
    reason: 'the group has no number; NFNLGRP_NFTABLES is 7',
    at: ['mcast-groups', 'list', 'mgmt'],
    was: { value: undefined },
    set: { value: 7 },
  },
  ...nftablesExpressions,
];
