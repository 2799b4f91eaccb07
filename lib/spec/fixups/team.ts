import { notification } from './entries.js';
import type { Fixup } from './fixup.js';

const GROUP = 'change_event';

export const teamFixups: readonly Fixup[] = [
  {
    reason: 'TEAM_ATTR_ITEM_OPTION comes once for each option; all but one were lost',
    at: ['attribute-sets', 'item-option', 'attributes', 'option'],
    was: { 'multi-attr': undefined },
    set: { 'multi-attr': true },
  },
  {
    reason: 'TEAM_ATTR_ITEM_PORT comes once for each port; all but one were lost',
    at: ['attribute-sets', 'item-port', 'attributes', 'port'],
    was: { 'multi-attr': undefined },
    set: { 'multi-attr': true },
  },
  {
    reason: 'the group TEAM_GENL_CHANGE_EVENT_MC_GRP_NAME is not listed',
    at: [],
    was: { 'mcast-groups': undefined },
    set: { 'mcast-groups': { list: [{ name: GROUP }] } },
  },
  {
    reason: 'options and ports that change are announced with the numbers of what reads them',
    at: ['operations', 'list'],
    add: [
      notification('options-ntf', 2, 'options-get', GROUP),
      notification('port-list-ntf', 3, 'port-list-get', GROUP),
    ],
  },
  {
    reason: 'setting options is acknowledged and not answered (team_nl_options_set_doit)',
    at: ['operations', 'list', 'options-set', 'do'],
    was: { reply: { attributes: ['team-ifindex', 'list-option'] } },
    set: { reply: undefined },
  },
];
