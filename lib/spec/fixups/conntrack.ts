import { attributePrefixes, attributes, BE, entryPrefixes, nested, numbered, retyped } from './entries.js';
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
  {
    reason: 'CTA_TIMESTAMP is a nest of when the connection began and ended (ctnetlink_dump_timestamp)',
    at: ['attribute-sets'],
    add: [
      {
        name: 'timestamp-attrs',
        'name-prefix': 'cta-timestamp-',
        attributes: attributes([
          ['start', 'u64', BE],
          ['stop', 'u64', BE],
          ['pad', 'pad'],
        ]),
      },
    ],
  },
  retyped(
    'conntrack-attrs',
    'timestamp',
    { type: 'u64', 'byte-order': 'big-endian' },
    { type: 'nest', 'byte-order': undefined, ...nested('timestamp-attrs') },
    'CTA_TIMESTAMP is a nest of when the connection began and ended (ctnetlink_dump_timestamp)',
  ),
  numbered('nat-attrs', 'nat-v6-minip', 4),
  numbered('nat-attrs', 'nat-proto', 3),
  ...entryPrefixes({
    'nf-ct-tcp-flags': 'ip-ct-tcp-flag-',
    'nf-ct-tcp-state': 'tcp-conntrack-',
    'nf-ct-sctp-state': 'sctp-conntrack-',
    'nf-ct-status': 'ips-',
  }),
  ...attributePrefixes({
    'counter-attrs': 'cta-counters-',
    'tuple-proto-attrs': 'cta-',
    'tuple-ip-attrs': 'cta-',
    'tuple-attrs': 'cta-',
    'protoinfo-tcp-attrs': 'cta-protoinfo-',
    'protoinfo-dccp-attrs': 'cta-protoinfo-',
    'protoinfo-sctp-attrs': 'cta-protoinfo-',
    'protoinfo-attrs': 'cta-',
    'help-attrs': 'cta-',
    'nat-attrs': 'cta-',
    'seqadj-attrs': 'cta-seqadj-',
    'secctx-attrs': 'cta-',
    'synproxy-attrs': 'cta-synproxy-',
    'filter-attrs': 'cta-filter-',
    'conntrack-attrs': 'cta-',
    'conntrack-stats-attrs': 'cta-stats-',
  }),
];
