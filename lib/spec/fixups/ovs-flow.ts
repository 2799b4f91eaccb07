import { retyped } from './entries.js';
import type { Fixup } from './fixup.js';

/** Where a list of actions stands. */
const ACTIONS: readonly (readonly [set: string, attribute: string])[] = [
  ['flow-attrs', 'actions'],
  ['action-attrs', 'clone'],
  ['check-pkt-len-attrs', 'actions-if-greater'],
  ['check-pkt-len-attrs', 'actions-if-less-equal'],
  ['sample-attrs', 'actions'],
  ['dec-ttl-attrs', 'action'],
];

export const ovsFlowFixups: readonly Fixup[] = [
  ...ACTIONS.map(([set, attribute]) =>
    retyped(
      set,
      attribute,
      { type: 'nest' },
      { type: 'sequence' },
      'actions are done one after the other, and the same one can come again (ovs_nla_copy_actions)',
    ),
  ),
  {
    reason: 'struct ovs_action_push_mpls has a 16-bit mpls_ethertype in linux/openvswitch.h',
    at: ['definitions', 'ovs-action-push-mpls', 'members', 'mpls-ethertype'],
    was: { type: 'u32' },
    set: { type: 'u16' },
  },
  {
    reason: 'struct ovs_action_add_mpls has a 16-bit mpls_ethertype in linux/openvswitch.h',
    at: ['definitions', 'ovs-action-add-mpls', 'members', 'mpls-ethertype'],
    was: { type: 'u32' },
    set: { type: 'u16' },
  },
  {
    reason: 'OVS_ACTION_ATTR_PSAMPLE is 25 in linux/openvswitch.h: 24 is OVS_ACTION_ATTR_DROP',
    at: ['attribute-sets', 'action-attrs', 'attributes', 'psample'],
    was: { value: undefined },
    set: { value: 25 },
  },
  {
    reason: 'OVS_ACTION_ATTR_DROP, which holds the reason, is missing',
    at: ['attribute-sets', 'action-attrs', 'attributes'],
    add: [{ name: 'drop', type: 'u32', value: 24 }],
  },
];
