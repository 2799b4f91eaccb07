import type { Fixup } from './fixup.js';

export const ovsFlowFixups: readonly Fixup[] = [
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
