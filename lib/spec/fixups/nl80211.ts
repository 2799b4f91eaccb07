import { notification } from './entries.js';
import type { Fixup, Mapping } from './fixup.js';

/** Commands that programs give by hand, of `enum nl80211_commands`; those that are answered say with which number. */
const COMMANDS: readonly (readonly [name: string, request: number, reply?: number])[] = [
  ['set-wiphy', 2],
  ['set-interface', 6],
  ['new-interface', 7, 7],
  ['del-interface', 8],
];

export const nl80211Fixups: readonly Fixup[] = [
  {
    reason: 'interfaces can be made, changed and deleted (linux/nl80211.h); only reading is described',
    at: ['operations', 'list'],
    add: COMMANDS.map(([name, request, reply]): Mapping => ({
      name,
      doc: name,
      'attribute-set': 'nl80211-attrs',
      flags: ['uns-admin-perm'],
      do: {
        request: { value: request, attributes: [] },
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
