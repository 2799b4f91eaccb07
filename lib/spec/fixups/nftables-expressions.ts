import { attributes, BE, nested } from './entries.js';
import type { Fixup, Mapping } from './fixup.js';

const REGISTER: Mapping = { ...BE, enum: 'registers' };

/** Expressions that the spec has no format for: with it alone, a rule that limits or masquerades cannot be read. */
const EXPRESSIONS: Readonly<Record<string, readonly Mapping[]>> = {
  limit: attributes([
    ['rate', 'u64', BE],
    ['unit', 'u64', BE],
    ['burst', 'u32', BE],
    ['type', 'u32', { ...BE, enum: 'limit-type' }],
    ['flags', 'u32', { ...BE, enum: 'limit-flags' }],
    ['pad', 'pad'],
  ]),
  redir: attributes([
    ['reg-proto-min', 'u32', REGISTER],
    ['reg-proto-max', 'u32', REGISTER],
    ['flags', 'u32', { ...BE, enum: 'nat-range-flags' }],
  ]),
  dynset: attributes([
    ['set-name', 'string'],
    ['set-id', 'u32', BE],
    ['op', 'u32', { ...BE, enum: 'dynset-ops' }],
    ['sreg-key', 'u32', REGISTER],
    ['sreg-data', 'u32', REGISTER],
    ['timeout', 'u64', BE],
    ['expr', 'nest', nested('expr-attrs')],
    ['pad', 'pad'],
    ['flags', 'u32', { ...BE, enum: 'dynset-flags' }],
    ['expressions', 'nest', nested('expr-list-attrs')],
  ]),
  hash: attributes([
    ['sreg', 'u32', REGISTER],
    ['dreg', 'u32', REGISTER],
    ['len', 'u32', BE],
    ['modulus', 'u32', BE],
    ['seed', 'u32', BE],
    ['offset', 'u32', BE],
    ['type', 'u32', { ...BE, enum: 'hash-types' }],
  ]),
  socket: attributes([
    ['key', 'u32', { ...BE, enum: 'socket-keys' }],
    ['dreg', 'u32', REGISTER],
    ['level', 'u32', BE],
  ]),
  connlimit: attributes([
    ['count', 'u32', BE],
    ['flags', 'u32', { ...BE, enum: 'connlimit-flags' }],
  ]),
  dup: attributes([
    ['sreg-addr', 'u32', REGISTER],
    ['sreg-dev', 'u32', REGISTER],
  ]),
  fwd: attributes([
    ['sreg-dev', 'u32', REGISTER],
    ['sreg-addr', 'u32', REGISTER],
    ['nfproto', 'u32', BE],
  ]),
  queue: attributes([
    ['num', 'u16', BE],
    ['total', 'u16', BE],
    ['flags', 'u16', { ...BE, enum: 'queue-flags' }],
    ['sreg-qnum', 'u32', REGISTER],
  ]),
  rt: attributes([
    ['dreg', 'u32', REGISTER],
    ['key', 'u32', { ...BE, enum: 'rt-keys' }],
  ]),
  exthdr: attributes([
    ['dreg', 'u32', REGISTER],
    ['type', 'u8'],
    ['offset', 'u32', BE],
    ['len', 'u32', BE],
    ['flags', 'u32', { ...BE, enum: 'exthdr-flags' }],
    ['op', 'u32', { ...BE, enum: 'exthdr-ops' }],
    ['sreg', 'u32', REGISTER],
  ]),
  byteorder: attributes([
    ['sreg', 'u32', REGISTER],
    ['dreg', 'u32', REGISTER],
    ['op', 'u32', { ...BE, enum: 'byteorder-ops' }],
    ['len', 'u32', BE],
    ['size', 'u32', BE],
  ]),
  last: attributes([
    ['set', 'u32', BE],
    ['msecs', 'u64', BE],
    ['pad', 'pad'],
  ]),
  osf: attributes([
    ['dreg', 'u32', REGISTER],
    ['ttl', 'u8'],
    ['flags', 'u32', { ...BE, enum: 'osf-flags' }],
  ]),
  synproxy: attributes([
    ['mss', 'u16', BE],
    ['wscale', 'u8'],
    ['flags', 'u32', BE],
  ]),
  tunnel: attributes([
    ['key', 'u32', { ...BE, enum: 'tunnel-keys' }],
    ['dreg', 'u32', REGISTER],
    ['mode', 'u32', { ...BE, enum: 'tunnel-mode' }],
  ]),
  xfrm: attributes([
    ['dreg', 'u32', REGISTER],
    ['key', 'u32', { ...BE, enum: 'xfrm-keys' }],
    ['dir', 'u8'],
    ['spnum', 'u32', BE],
  ]),
  inner: attributes([
    ['num', 'u32', BE],
    ['type', 'u32', BE],
    ['flags', 'u32', BE],
    ['hdrsize', 'u32', BE],
    ['expr', 'nest', nested('expr-attrs')],
  ]),
};
const ENUMS: readonly Mapping[] = [
  { name: 'limit-type', type: 'enum', 'name-prefix': 'nft-limit-', entries: ['pkts', 'pkt-bytes'] },
  { name: 'limit-flags', type: 'flags', 'name-prefix': 'nft-limit-f-', entries: ['inv'] },
  { name: 'dynset-ops', type: 'enum', 'name-prefix': 'nft-dynset-op-', entries: ['add', 'update', 'delete'] },
  { name: 'dynset-flags', type: 'flags', 'name-prefix': 'nft-dynset-f-', entries: ['inv', 'expr'] },
  { name: 'hash-types', type: 'enum', 'name-prefix': 'nft-hash-', entries: ['jenkins', 'sym'] },
  {
    name: 'socket-keys',
    type: 'enum',
    'name-prefix': 'nft-socket-',
    entries: ['transparent', 'mark', 'wildcard', 'cgroupv2'],
  },
  { name: 'connlimit-flags', type: 'flags', 'name-prefix': 'nft-connlimit-f-', entries: ['inv'] },
  { name: 'queue-flags', type: 'flags', entries: ['bypass', 'cpu-fanout'] },
  {
    name: 'rt-keys',
    type: 'enum',
    'name-prefix': 'nft-rt-',
    entries: ['classid', 'nexthop4', 'nexthop6', 'tcpmss', 'xfrm'],
  },
  { name: 'exthdr-flags', type: 'flags', 'name-prefix': 'nft-exthdr-f-', entries: ['present'] },
  {
    name: 'exthdr-ops',
    type: 'enum',
    'name-prefix': 'nft-exthdr-op-',
    entries: ['ipv6', 'tcpopt', 'ipv4', 'sctp', 'dccp'],
  },
  { name: 'byteorder-ops', type: 'enum', 'name-prefix': 'nft-byteorder-', entries: ['ntoh', 'hton'] },
  { name: 'osf-flags', type: 'flags', 'name-prefix': 'nft-osf-f-', entries: ['version'] },
  { name: 'tunnel-keys', type: 'enum', 'name-prefix': 'nft-tunnel-', entries: ['path', 'id'] },
  { name: 'tunnel-mode', type: 'enum', 'name-prefix': 'nft-tunnel-mode-', entries: ['none', 'rx', 'tx'] },
  {
    name: 'xfrm-keys',
    type: 'enum',
    'name-prefix': 'nft-xfrm-key-',
    entries: ['unspec', 'daddr-ip4', 'daddr-ip6', 'saddr-ip4', 'saddr-ip6', 'reqid', 'spi'],
  },
];
const OBJECTS: Readonly<Record<string, readonly Mapping[]>> = {
  'ct-helper': attributes([
    ['name', 'string'],
    ['l3proto', 'u16', BE],
    ['l4proto', 'u8'],
  ]),
  'ct-expect': attributes([
    ['l3proto', 'u16', BE],
    ['l4proto', 'u8'],
    ['dport', 'u16', BE],
    ['timeout', 'u32'],
    ['size', 'u8'],
  ]),
  'ct-timeout': attributes([
    ['l3proto', 'u16', BE],
    ['l4proto', 'u8'],
    ['data', 'binary'],
  ]),
  secmark: attributes([['ctx', 'string']]),
};
const SHARED_OBJECTS = ['limit', 'connlimit', 'synproxy'];
const reason =
  'an expression that the spec has no format for made a whole dump unreadable (limit, masq: seen)';

function setOf(name: string): string {
  return `expr-${name}-attrs`;
}

export const nftablesExpressions: readonly Fixup[] = [
  { reason, at: ['definitions'], add: ENUMS },
  {
    reason,
    at: ['attribute-sets'],
    add: [
      ...Object.entries(EXPRESSIONS).map(([name, list]): Mapping => ({
        name: setOf(name),
        'name-prefix': `nfta-${name}-`,
        attributes: list,
      })),
      ...Object.entries(OBJECTS).map(([name, list]): Mapping => ({
        name: `obj-${name}-attrs`,
        'name-prefix': `nfta-${name}-`,
        attributes: list,
      })),
    ],
  },
  {
    reason,
    at: ['sub-messages', 'expr-ops', 'formats'],
    add: [
      { value: 'masq', 'attribute-set': 'expr-masq-attrs' },
      ...Object.keys(EXPRESSIONS).map((name): Mapping => ({ value: name, 'attribute-set': setOf(name) })),
    ],
  },
  {
    reason: 'stateful objects that the spec has no format for',
    at: ['sub-messages', 'obj-data', 'formats'],
    add: [
      ...Object.keys(OBJECTS).map((name): Mapping => ({ value: name, 'attribute-set': `obj-${name}-attrs` })),
      ...SHARED_OBJECTS.map((name): Mapping => ({ value: name, 'attribute-set': setOf(name) })),
    ],
  },
];
