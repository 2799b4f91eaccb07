import type { Fixup } from './fixup.js';

export const conntrackFixups: readonly Fixup[] = [
  {
    reason: 'entries can be made, changed and deleted, and the kernel announces them; only GET is described',
    at: ['operations', 'list'],
    add: [
      {
        name: 'new',
        doc: 'new',
        'attribute-set': 'conntrack-attrs',
        'fixed-header': 'nfgenmsg',
        do: { request: { value: 0x100 } },
      },
      {
        name: 'delete',
        doc: 'delete',
        'attribute-set': 'conntrack-attrs',
        'fixed-header': 'nfgenmsg',
        do: { request: { value: 0x102 } },
      },
      { name: 'new-ntf', doc: 'new', value: 0x100, notify: 'get', mcgrp: 'conntrack-new' },
      { name: 'delete-ntf', doc: 'delete', value: 0x102, notify: 'get', mcgrp: 'conntrack-destroy' },
    ],
  },
  {
    reason: 'the multicast groups of linux/netfilter/nfnetlink_compat.h are not listed',
    at: [],
    was: { 'mcast-groups': undefined },
    set: {
      'mcast-groups': {
        list: [
          { name: 'conntrack-new', value: 1 },
          { name: 'conntrack-update', value: 2 },
          { name: 'conntrack-destroy', value: 3 },
        ],
      },
    },
  },
];
