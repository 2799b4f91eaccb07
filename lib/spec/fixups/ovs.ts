import { attributes, member, nested, notification, retyped } from './entries.js';
import type { Fixup, Mapping } from './fixup.js';

// Every family of Open vSwitch numbers NEW 1, DEL 2, GET 3 and SET 4, and announces all but GET on the group of its name.

const announced = (family: string): Fixup => ({
  reason: 'what is made, changed and deleted is announced on the family’s group, and no operation says so',
  at: ['operations', 'list'],
  add: [
    notification('new-ntf', 1, 'get', family),
    notification('del-ntf', 2, 'get', family),
    notification('set-ntf', 4, 'get', family),
  ],
});

const operation = (name: string, value: number, set: string, attributes: readonly string[]): Mapping => ({
  name,
  doc: name,
  value,
  'attribute-set': set,
  do: { request: { attributes } },
});

const missing = (...operations: readonly Mapping[]): Fixup => ({
  reason: 'the kernel has it (linux/openvswitch.h), and the spec leaves it out',
  at: ['operations', 'list'],
  add: operations,
});

/** `dp_ifindex` of struct ovs_header is an int, as interfaces' numbers are. */
export const ovsHeader: Fixup = member(
  'ovs-header',
  'dp-ifindex',
  'u32',
  's32',
  'dp_ifindex of struct ovs_header is signed (linux/openvswitch.h)',
);

export const ovsDatapathFixups: readonly Fixup[] = [
  ovsHeader,
  retyped(
    'datapath',
    'ifindex',
    { type: 'u32' },
    { type: 's32' },
    'OVS_DP_ATTR_IFINDEX is signed in its policy (datapath_policy)',
  ),
  missing(
    operation('set', 4, 'datapath', [
      'name',
      'upcall-pid',
      'user-features',
      'masks-cache-size',
      'per-cpu-pids',
    ]),
  ),
  announced('ovs_datapath'),
];

export const ovsVportFixups: readonly Fixup[] = [
  ovsHeader,
  retyped(
    'vport',
    'netnsid',
    { type: 'u32' },
    { type: 's32' },
    'OVS_VPORT_ATTR_NETNSID is signed: -1 is a namespace without a number (nla_put_s32 in ovs_vport_cmd_fill_info)',
  ),
  retyped(
    'vport',
    'ifindex',
    { type: 'u32' },
    { type: 's32' },
    'OVS_VPORT_ATTR_IFINDEX is signed in its policy (vport_policy)',
  ),
  retyped(
    'vport-options',
    'dst-port',
    { type: 'u32' },
    { type: 'u16' },
    'OVS_TUNNEL_ATTR_DST_PORT has 16 bits (nla_get_u16 in vxlan_tnl_create)',
  ),
  {
    reason: 'OVS_TUNNEL_ATTR_EXTENSION is a nest of OVS_VXLAN_EXT_GBP (vxlan_configure_exts)',
    at: ['attribute-sets'],
    add: [
      {
        name: 'vxlan-extensions',
        'name-prefix': 'ovs-vxlan-ext-',
        attributes: attributes([['gbp', 'flag']]),
      },
    ],
  },
  retyped(
    'vport-options',
    'extension',
    { type: 'u32' },
    { type: 'nest', ...nested('vxlan-extensions') },
    'OVS_TUNNEL_ATTR_EXTENSION is a nest of OVS_VXLAN_EXT_GBP (vxlan_configure_exts)',
  ),
  missing(operation('set', 4, 'vport', ['port-no', 'type', 'name', 'options', 'upcall-pid'])),
  {
    reason: 'a port is found by its number too (linux/openvswitch.h)',
    at: ['operations', 'list', 'get', 'do', 'request', 'attributes'],
    add: ['port-no'],
  },
  announced('ovs_vport'),
];

export const ovsFlowOperations: readonly Fixup[] = [
  ovsHeader,
  missing(
    operation('set', 4, 'flow-attrs', ['key', 'ufid', 'ufid-flags', 'mask', 'actions', 'clear', 'probe']),
    operation('del', 2, 'flow-attrs', ['key', 'ufid', 'ufid-flags']),
  ),
  announced('ovs_flow'),
];
