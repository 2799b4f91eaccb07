import type { Fixup } from './fixup.js';

export const ethtoolFixups: readonly Fixup[] = [
  {
    reason: 'ETHTOOL_MODULE_FW_FLASH_STATUS_STARTED is 1 in linux/ethtool.h: the entries count from there',
    at: ['definitions', 'module-fw-flash-status'],
    was: { 'value-start': undefined },
    set: { 'value-start': 1 },
  },
  {
    reason: 'ETHTOOL_C33_PSE_EXT_STATE_POWER_NOT_AVAILABLE is 8: the spec leaves out what has 7',
    at: ['definitions', 'c33-pse-ext-state', 'entries', 'power-not-available'],
    was: { value: undefined },
    set: { value: 8 },
  },
  {
    reason: 'ETHTOOL_C33_PSE_EXT_STATE_PD_DLL_POWER_TYPE is missing',
    at: ['definitions', 'c33-pse-ext-state', 'entries'],
    add: [{ name: 'pd-dll-power-type', value: 7 }],
  },
  {
    reason: 'ETHTOOL_A_STATS_GRP comes once for each group asked for; seen with two, the first was lost',
    at: ['attribute-sets', 'stats', 'attributes', 'grp'],
    was: { 'multi-attr': undefined },
    set: { 'multi-attr': true },
  },
  {
    reason: 'ETHTOOL_A_STATS_GRP_STAT comes once for each counter of the group',
    at: ['attribute-sets', 'stats-grp', 'attributes', 'stat'],
    was: { 'multi-attr': undefined },
    set: { 'multi-attr': true },
  },
  {
    reason: 'ETHTOOL_A_STATS_GRP_HIST_RX comes once for each bucket',
    at: ['attribute-sets', 'stats-grp', 'attributes', 'hist-rx'],
    was: { 'multi-attr': undefined },
    set: { 'multi-attr': true },
  },
  {
    reason: 'ETHTOOL_A_STATS_GRP_HIST_TX comes once for each bucket',
    at: ['attribute-sets', 'stats-grp', 'attributes', 'hist-tx'],
    was: { 'multi-attr': undefined },
    set: { 'multi-attr': true },
  },
  {
    reason: 'ETHTOOL_A_TUNNEL_UDP_TABLE comes once for each table; seen with two, the first was lost',
    at: ['attribute-sets', 'tunnel-udp', 'attributes', 'table'],
    was: { 'multi-attr': undefined },
    set: { 'multi-attr': true },
  },
];
