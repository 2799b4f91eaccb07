import { notification } from './entries.js';
import type { Fixup } from './fixup.js';

const ANNOUNCED: readonly (readonly [name: string, value: number, get: string])[] = [
  ['new-ntf', 3, 'get'],
  ['del-ntf', 4, 'get'],
  ['port-new-ntf', 7, 'port-get'],
  ['port-del-ntf', 8, 'port-get'],
  ['param-new-ntf', 40, 'param-get'],
  ['param-del-ntf', 41, 'param-get'],
  ['region-new-ntf', 44, 'region-get'],
  ['region-del-ntf', 45, 'region-get'],
  ['health-reporter-recover-ntf', 54, 'health-reporter-get'],
  ['flash-update-ntf', 58, 'flash-update'],
  ['flash-update-end-ntf', 59, 'flash-update'],
  ['flash-update-status-ntf', 60, 'flash-update'],
  ['trap-new-ntf', 63, 'trap-get'],
  ['trap-del-ntf', 64, 'trap-get'],
  ['trap-group-new-ntf', 67, 'trap-group-get'],
  ['trap-group-del-ntf', 68, 'trap-group-get'],
  ['trap-policer-new-ntf', 71, 'trap-policer-get'],
  ['trap-policer-del-ntf', 72, 'trap-policer-get'],
  ['rate-new-ntf', 76, 'rate-get'],
  ['rate-del-ntf', 77, 'rate-get'],
  ['linecard-new-ntf', 80, 'linecard-get'],
  ['linecard-del-ntf', 81, 'linecard-get'],
];

export const devlinkFixups: readonly Fixup[] = [
  {
    reason: 'the group DEVLINK_GENL_MCGRP_CONFIG_NAME is not listed',
    at: [],
    was: { 'mcast-groups': undefined },
    set: { 'mcast-groups': { list: [{ name: 'config' }] } },
  },
  {
    reason: 'what is made and deleted is announced on the group `config`, and no operation says so',
    at: ['operations', 'list'],
    add: ANNOUNCED.map(([name, value, get]) => notification(name, value, get, 'config')),
  },
];
