import { notification } from './entries.js';
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

export const ovsDatapathFixups: readonly Fixup[] = [
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
  missing(operation('set', 4, 'vport', ['port-no', 'type', 'name', 'options', 'upcall-pid'])),
  {
    reason: 'a port is found by its number too (linux/openvswitch.h)',
    at: ['operations', 'list', 'get', 'do', 'request', 'attributes'],
    add: ['port-no'],
  },
  announced('ovs_vport'),
];

export const ovsFlowOperations: readonly Fixup[] = [
  missing(
    operation('set', 4, 'flow-attrs', ['key', 'ufid', 'ufid-flags', 'mask', 'actions', 'clear', 'probe']),
    operation('del', 2, 'flow-attrs', ['key', 'ufid', 'ufid-flags']),
  ),
  announced('ovs_flow'),
];
