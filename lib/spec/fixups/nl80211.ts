import { notification } from './entries.js';
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

export const nl80211Fixups: readonly Fixup[] = [
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
