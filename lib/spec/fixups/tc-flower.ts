import { attributes, BE, bigEndian, nested, repeated, retyped } from './entries.js';
import type { Fixup } from './fixup.js';

/** Keys that the kernel keeps in host order, which the spec takes for big-endian. */
const HOST_ORDER: readonly (readonly [attribute: string, reader: string])[] = [
  ['key-vlan-id', 'nla_get_u16 in fl_set_key_vlan: VLAN 100 was read as 25600'],
  ['key-cvlan-id', 'nla_get_u16 in fl_set_key_vlan'],
  ['key-mpls-label', 'nla_get_u32 in fl_set_key_mpls'],
];

export const flowerFixups: readonly Fixup[] = [
  ...HOST_ORDER.map(([attribute, reader]) =>
    retyped(
      'flower-attrs',
      attribute,
      { 'byte-order': 'big-endian' },
      { 'byte-order': undefined },
      `${attribute} is in host order (${reader})`,
    ),
  ),
  bigEndian(
    'flower-key-enc-opt-geneve-attrs',
    'class',
    'TCA_FLOWER_KEY_ENC_OPT_GENEVE_CLASS is big-endian (nla_get_be16 in fl_set_geneve_opt)',
  ),
  bigEndian(
    'flower-key-enc-opt-erspan-attrs',
    'index',
    'TCA_FLOWER_KEY_ENC_OPT_ERSPAN_INDEX is big-endian (nla_get_be32 in fl_set_erspan_opt)',
  ),
  {
    reason: 'TCA_FLOWER_KEY_MPLS_OPTS has a nest for each entry of the label stack (fl_set_key_mpls_opts)',
    at: ['attribute-sets'],
    add: [
      {
        name: 'flower-key-mpls-opts-attrs',
        'name-prefix': 'tca-flower-key-mpls-opts-',
        attributes: attributes([
          ['lse', 'nest', { 'multi-attr': true, ...nested('flower-key-mpls-opt-attrs') }],
        ]),
      },
    ],
  },
  retyped(
    'flower-attrs',
    'key-mpls-opts',
    nested('flower-key-mpls-opt-attrs'),
    nested('flower-key-mpls-opts-attrs'),
    'TCA_FLOWER_KEY_MPLS_OPTS has a nest for each entry of the label stack (fl_set_key_mpls_opts)',
  ),
  repeated(
    'flower-key-enc-opts-attrs',
    'geneve',
    'a filter has a nest for each Geneve option (fl_set_enc_opt)',
  ),
  retyped(
    'act-tunnel-key-attrs',
    'enc-key-id',
    { type: 'u64' },
    { type: 'u32' },
    'TCA_TUNNEL_KEY_ENC_KEY_ID has 32 bits (nla_get_be32 in tunnel_key_init): setting 11 configured 0',
  ),
  retyped(
    'act-vlan-attrs',
    'push-vlan-protocol',
    { 'byte-order': undefined },
    BE,
    'TCA_VLAN_PUSH_VLAN_PROTOCOL is big-endian (nla_get_be16 in tcf_vlan_init)',
  ),
];
