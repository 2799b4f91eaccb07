// Types that a fix-up repairs, as they are before it and after it.
import { expect, test } from '@jest/globals';
import { readSpec } from '#lib/spec/load';
import type { AttributeSpec } from '#lib/spec/model';
import { testUnless } from '../helpers/conditional';
import { kernelSpecText, WITHOUT_SPECS } from '../helpers/specs';

function attribute(family: string, set: string, name: string, fixups: 'none' | 'strict'): AttributeSpec {
  const spec = readSpec(kernelSpecText(family), { file: `${family}.yaml`, fixups });
  const found = spec.sets.find((each) => each.name === set)?.attributes.find((each) => each.name === name);
  if (found === undefined) throw new Error(`${family} has no ${set}.${name}`);
  return found;
}

function text({ type, multi }: AttributeSpec): string {
  const name =
    type.kind === 'integer'
      ? `${type.bigEndian ? 'be' : type.signed ? 's' : 'u'}${type.width * 8}`
      : type.kind === 'nest'
        ? `nest of ${type.set.attributes.map((each) => each.name).join(' ')}`
        : type.kind === 'array' && type.of.kind === 'integer'
          ? `${type.of.signed ? 's' : 'u'}${type.of.width * 8} array`
          : type.kind === 'struct'
            ? type.struct.name
            : type.kind;
  return multi ? `${name}, repeated` : name;
}

const REPAIRED: readonly (readonly [family: string, set: string, name: string, was: string, is: string])[] = [
  ['conntrack', 'conntrack-attrs', 'timestamp', 'be64', 'nest of start stop pad'],
  ['devlink', 'dl-linecard-supported-types', 'linecard-type', 'string', 'string, repeated'],
  ['nftables', 'set-attrs', 'expr', 'nest of name data, repeated', 'nest of name data'],
  ['nftables', 'set-desc-attrs', 'concat', 'nest of elem, repeated', 'nest of elem'],
  ['nftables', 'set-desc-concat-attrs', 'elem', 'nest of len', 'nest of len, repeated'],
  ['nl80211', 'frame-type-attrs', 'frame-type', 'u16', 'u16, repeated'],
  ['nl80211', 'nl80211-attrs', 'mlo-ttlm-dlink', 'u16', 'u16 array'],
  ['nl80211', 'wowlan-triggers-attrs', 'net-detect', 'flag', 'u32'],
  ['nl80211', 'wowlan-triggers-attrs', 'pkt-pattern', 'flag', 'nl80211-pattern-support'],
  ['ovs_datapath', 'datapath', 'ifindex', 'u32', 's32'],
  ['ovs_vport', 'vport', 'ifindex', 'u32', 's32'],
  ['ovs_vport', 'vport', 'netnsid', 'u32', 's32'],
  ['ovs_vport', 'vport-options', 'dst-port', 'u32', 'u16'],
  ['ovs_vport', 'vport-options', 'extension', 'u32', 'nest of gbp'],
  ['rt-link', 'bond-slave-attrs', 'prio', 'u32', 's32'],
  ['rt-link', 'ifla6-attrs', 'conf', 'u32 array', 's32 array'],
  ['rt-link', 'link-attrs', 'proto-down-reason', 'string', 'nest of mask value'],
  ['rt-link', 'linkinfo-bridge-attrs', 'vlan-protocol', 'u16', 'be16'],
  ['rt-neigh', 'neighbour-attrs', 'port', 'u16', 'be16'],
  ['rt-rule', 'fib-rule-attrs', 'tun-id', 'u64', 'be64'],
  ['tc', 'act-tunnel-key-attrs', 'enc-key-id', 'be64', 'be32'],
  ['tc', 'act-vlan-attrs', 'push-vlan-protocol', 'u16', 'be16'],
  ['tc', 'flower-attrs', 'key-cvlan-id', 'be16', 'u16'],
  ['tc', 'flower-attrs', 'key-mpls-label', 'be32', 'u32'],
  [
    ...(['tc', 'flower-attrs', 'key-mpls-opts'] as const),
    ...(['nest of lse-depth lse-ttl lse-bos lse-tc lse-label', 'nest of lse'] as const),
  ],
  ['tc', 'flower-attrs', 'key-vlan-id', 'be16', 'u16'],
  ['tc', 'flower-key-enc-opt-erspan-attrs', 'index', 'u32', 'be32'],
  ['tc', 'flower-key-enc-opt-geneve-attrs', 'class', 'u16', 'be16'],
  [
    ...(['tc', 'flower-key-enc-opts-attrs', 'geneve'] as const),
    ...(['nest of class type data', 'nest of class type data, repeated'] as const),
  ],
  ['tc', 'netem-attrs', 'pad', 'u32', 'pad'],
];

for (const [family, set, name, was, is] of REPAIRED) {
  testUnless(WITHOUT_SPECS, `${family} ${set}.${name}: ${was} becomes ${is}`, () => {
    expect(text(attribute(family, set, name, 'none'))).toBe(was);
    expect(text(attribute(family, set, name, 'strict'))).toBe(is);
  });
}

test('a subset’s type has a byte order of its own', () => {
  const spec = readSpec({
    name: 'example',
    protocol: 'netlink-raw',
    protonum: 30,
    operations: { list: [] },
    'attribute-sets': [
      { name: 'all', attributes: [{ name: 'flags', type: 'u16', 'byte-order': 'big-endian' }] },
      { name: 'wide', 'subset-of': 'all', attributes: [{ name: 'flags', type: 'u32' }] },
      { name: 'same', 'subset-of': 'all', attributes: [{ name: 'flags' }] },
    ],
  });
  expect(spec.sets.map(({ attributes }) => attributes.map(text))).toEqual([['be16'], ['u32'], ['be16']]);
});
