import type { Fixup } from './fixup.js';

const reason = 'NL_POLICY_TYPE_ATTR_PAD is 11 and NL_POLICY_TYPE_ATTR_MASK 12 in linux/netlink.h';

export const nlctrlFixups: readonly Fixup[] = [
  {
    reason,
    at: ['attribute-sets', 'policy-attrs', 'attributes', 'mask'],
    was: { value: undefined },
    set: { value: 12 },
  },
  {
    reason,
    at: ['attribute-sets', 'policy-attrs', 'attributes', 'pad'],
    was: { value: undefined },
    set: { value: 11 },
  },
  {
    reason: 'the controller announces families on its group `notify`, and no operation says so',
    at: ['operations', 'list'],
    add: [
      { name: 'newfamily-ntf', doc: 'newfamily', value: 1, notify: 'getfamily', mcgrp: 'notify' },
      { name: 'delfamily-ntf', doc: 'delfamily', value: 2, notify: 'getfamily', mcgrp: 'notify' },
      { name: 'newmcast-grp-ntf', doc: 'newmcast', value: 7, notify: 'getfamily', mcgrp: 'notify' },
      { name: 'delmcast-grp-ntf', doc: 'delmcast', value: 8, notify: 'getfamily', mcgrp: 'notify' },
    ],
  },
  {
    reason: 'the group `notify` is not listed',
    at: [],
    was: { 'mcast-groups': undefined },
    set: { 'mcast-groups': { list: [{ name: 'notify' }] } },
  },
];
