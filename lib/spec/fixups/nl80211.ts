import { nested, notification, repeated, retyped } from './entries.js';
import type { Fixup, Mapping } from './fixup.js';

/** Commands of `enum nl80211_commands` that programs use; those with a reply have its number. */
const COMMANDS: readonly (readonly [
  name: string,
  request: number,
  attributes: readonly string[],
  reply?: number,
])[] = [
  [
    'set-wiphy',
    2,
    [
      ...['wiphy', 'ifindex', 'wdev', 'wiphy-name', 'wiphy-freq', 'wiphy-freq-offset', 'wiphy-channel-type'],
      ...['channel-width', 'center-freq1', 'center-freq2', 'wiphy-retry-short', 'wiphy-retry-long'],
      ...['wiphy-frag-threshold', 'wiphy-rts-threshold', 'wiphy-coverage-class', 'wiphy-tx-power-setting'],
      ...['wiphy-tx-power-level', 'wiphy-antenna-tx', 'wiphy-antenna-rx'],
      ...['txq-limit', 'txq-memory-limit', 'txq-quantum'],
    ],
  ],
  ['set-interface', 6, ['ifindex', 'wdev', 'iftype', '4addr', 'mesh-id', 'mntr-flags']],
  [
    'new-interface',
    7,
    ['wiphy', 'wdev', 'ifindex', 'ifname', 'iftype', 'mac', '4addr', 'mesh-id', 'mntr-flags', 'socket-owner'],
    7,
  ],
  ['del-interface', 8, ['ifindex', 'wdev']],
];

const INTERFACE_TYPES = [
  ...['unspecified', 'adhoc', 'station', 'ap', 'ap-vlan', 'wds', 'monitor', 'mesh-point'],
  ...['p2p-client', 'p2p-go', 'p2p-device', 'ocb', 'nan'],
];

/** What wakes a device, as NL80211_ATTR_WOWLAN_TRIGGERS_SUPPORTED tells of it (nl80211_send_wowlan). */
const WAKE_UP: readonly Fixup[] = [
  {
    reason: 'limits of patterns are a structure, and those of waking by TCP a nest (linux/nl80211.h)',
    at: ['definitions'],
    add: [
      {
        name: 'nl80211-pattern-support',
        type: 'struct',
        members: ['max-patterns', 'min-pattern-len', 'max-pattern-len', 'max-pkt-offset'].map((name) => ({
          name,
          type: 'u32',
        })),
      },
    ],
  },
  {
    reason: 'limits of patterns are a structure, and those of waking by TCP a nest (linux/nl80211.h)',
    at: ['attribute-sets'],
    add: [
      {
        name: 'wowlan-tcp-attrs',
        'name-prefix': 'nl80211-wowlan-tcp-',
        attributes: [
          { name: 'data-payload', type: 'u32', value: 6 },
          { name: 'data-payload-seq', type: 'flag', value: 7 },
          { name: 'data-payload-token', type: 'binary', value: 8 },
          { name: 'data-interval', type: 'u32', value: 9 },
          { name: 'wake-payload', type: 'u32', value: 10 },
        ],
      },
    ],
  },
  ...(
    [
      ['pkt-pattern', { type: 'binary', struct: 'nl80211-pattern-support' }],
      ['tcp-connection', { type: 'nest', ...nested('wowlan-tcp-attrs') }],
      ['wakeup-pkt-80211', { type: 'binary' }],
      ['wakeup-pkt-80211-len', { type: 'u32' }],
      ['wakeup-pkt-8023', { type: 'binary' }],
      ['wakeup-pkt-8023-len', { type: 'u32' }],
      ['net-detect', { type: 'u32' }],
      ['net-detect-results', { type: 'binary' }],
    ] as const
  ).map(([attribute, now]) =>
    retyped(
      'wowlan-triggers-attrs',
      attribute,
      { type: 'flag' },
      now,
      `${attribute} of the wake-up triggers holds a value (nl80211_send_wowlan)`,
    ),
  ),
];

export const nl80211Fixups: readonly Fixup[] = [
  ...WAKE_UP,
  repeated(
    'frame-type-attrs',
    'frame-type',
    'the nest has a NL80211_ATTR_FRAME_TYPE for each type (nl80211_send_mgmt_stypes)',
  ),
  ...['mlo-ttlm-dlink', 'mlo-ttlm-ulink'].map((attribute) =>
    retyped(
      'nl80211-attrs',
      attribute,
      { type: 'u16' },
      { type: 'binary', 'sub-type': 'u16' },
      'the map has a 16-bit mask for each of eight traffic classes (nl80211_set_ttlm)',
    ),
  ),
  {
    reason: 'NL80211_ATTR_IFTYPE is one of enum nl80211_iftype, which has no names in the spec',
    at: ['definitions'],
    add: [{ name: 'iftype', type: 'enum', 'name-prefix': 'nl80211-iftype-', entries: INTERFACE_TYPES }],
  },
  {
    reason: 'NL80211_ATTR_IFTYPE is one of enum nl80211_iftype, which has no names in the spec',
    at: ['attribute-sets', 'nl80211-attrs', 'attributes', 'iftype'],
    was: { enum: undefined },
    set: { enum: 'iftype' },
  },
  {
    reason: 'NL80211_CMD_GET_INTERFACE finds its interface by index or wdev, and not by name (net/wireless)',
    at: ['operations', 'list', 'get-interface', 'do', 'request', 'attributes'],
    add: ['ifindex', 'wdev'],
  },
  {
    reason: 'NL80211_CMD_GET_INTERFACE lists the interfaces of one radio where it is named',
    at: ['operations', 'list', 'get-interface', 'dump', 'request', 'attributes'],
    add: ['wiphy'],
  },
  {
    reason: 'interfaces can be made, changed and deleted (linux/nl80211.h); only reading is described',
    at: ['operations', 'list'],
    add: COMMANDS.map(([name, request, attributes, reply]): Mapping => ({
      name,
      doc: name,
      'attribute-set': 'nl80211-attrs',
      flags: ['uns-admin-perm'],
      do: {
        request: { value: request, attributes },
        ...(reply !== undefined && { reply: { value: reply, attributes: [] } }),
      },
    })),
  },
  {
    reason:
      'radios and interfaces that come and go are announced on the group `config`; no operation says so',
    at: ['operations', 'list'],
    add: [
      notification('new-wiphy-ntf', 3, 'get-wiphy', 'config'),
      notification('del-wiphy-ntf', 4, 'get-wiphy', 'config'),
      notification('new-interface-ntf', 7, 'get-interface', 'config'),
      notification('del-interface-ntf', 8, 'get-interface', 'config'),
    ],
  },
];
