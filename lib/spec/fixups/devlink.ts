import { notification, repeated } from './entries.js';
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

const REPEATED: readonly (readonly [set: string, attribute: string])[] = [
  ['dl-region-snapshots', 'region-snapshot'],
  ['dl-region-chunks', 'region-chunk'],
  ['dl-linecard-supported-types', 'linecard-type'],
];

export const devlinkFixups: readonly Fixup[] = [
  ...REPEATED.map(([set, attribute]) =>
    repeated(set, attribute, 'the nest has one for each: all but the last were taken for unknown'),
  ),
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
  {
    reason:
      'the kernel replies if the request leaves the snapshot’s number to it, and only acknowledges a request that has one',
    at: ['operations', 'list', 'region-new', 'do'],
    was: { 'optional-reply': undefined },
    set: { 'optional-reply': true },
  },
  {
    reason:
      'the kernel replies to a request that names an action or limit, and only acknowledges one that does not',
    at: ['operations', 'list', 'reload', 'do'],
    was: { 'optional-reply': undefined },
    set: { 'optional-reply': true },
  },
  ...(
    [
      ['health-reporter-diagnose', 'fmsg'],
      ['selftests-run', 'selftests'],
    ] as const
  ).map(([operation, attribute]) => ({
    reason: 'the kernel replies with what it found, and the spec lacks the reply',
    at: ['operations', 'list', operation, 'do'],
    was: { reply: undefined },
    set: { reply: { attributes: ['bus-name', 'dev-name', attribute] } },
  })),
  {
    reason: 'the values of a parameter are left out, since their type is that which param-type names',
    at: ['attribute-sets', 'devlink', 'attributes'],
    add: [
      { name: 'param-values-list', type: 'nest', value: 84, 'nested-attributes': 'dl-param-values' },
      {
        name: 'param-value',
        type: 'nest',
        value: 85,
        'multi-attr': true,
        'nested-attributes': 'dl-param-value',
      },
      { name: 'param-value-data', type: 'binary', value: 86 },
      { name: 'param-value-default', type: 'binary', value: 182 },
    ],
  },
  {
    reason: 'DEVLINK_ATTR_PARAM_VALUES_LIST holds a value for each configuration mode',
    at: ['attribute-sets', 'dl-param', 'attributes'],
    add: [{ name: 'param-values-list' }],
  },
  {
    reason: 'DEVLINK_ATTR_PARAM_VALUES_LIST holds a value for each configuration mode',
    at: ['attribute-sets'],
    add: [
      { name: 'dl-param-values', 'subset-of': 'devlink', attributes: [{ name: 'param-value' }] },
      {
        name: 'dl-param-value',
        'subset-of': 'devlink',
        attributes: ['param-value-data', 'param-value-cmode', 'param-value-default'].map((name) => ({
          name,
        })),
      },
    ],
  },
  {
    reason: 'DEVLINK_CMD_PARAM_SET sets what is in DEVLINK_ATTR_PARAM_VALUE_DATA',
    at: ['operations', 'list', 'param-set', 'do', 'request', 'attributes'],
    add: ['param-value-data'],
  },
  {
    reason:
      'DEVLINK_ATTR_FMSG is a sequence: the order of its attributes has a meaning, which an object loses',
    at: ['attribute-sets', 'devlink', 'attributes', 'fmsg'],
    was: { type: 'nest' },
    set: { type: 'sequence' },
  },
  {
    reason:
      'DEVLINK_ATTR_FMSG_OBJ_VALUE_DATA is left out, since its type is that which the value’s type names',
    at: ['attribute-sets', 'devlink', 'attributes'],
    add: [{ name: 'fmsg-obj-value-data', type: 'binary', value: 113 }],
  },
  {
    reason: 'what DEVLINK_ATTR_FMSG holds are values too, each behind its type (devlink_fmsg_prepare_skb)',
    at: ['attribute-sets', 'dl-fmsg', 'attributes'],
    add: [{ name: 'fmsg-obj-value-type' }, { name: 'fmsg-obj-value-data' }],
  },
];
