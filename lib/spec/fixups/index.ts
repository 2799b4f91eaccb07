import type { SpecPlace } from '../spec-error.js';
import { conntrackFixups } from './conntrack.js';
import { devlinkFixups } from './devlink.js';
import { ethtoolFixups } from './ethtool.js';
import { applyFixup, type Fixup, fixupMismatch, staleFixup } from './fixup.js';
import { fouFixups } from './fou.js';
import { mptcpFixups } from './mptcp.js';
import { nftablesFixups } from './nftables.js';
import { nl80211Fixups } from './nl80211.js';
import { nlctrlFixups } from './nlctrl.js';
import { ovsFlowFixups } from './ovs-flow.js';
import { addressFixups, neighbourFixups, routeFixups, ruleFixups } from './route.js';
import { ovsDatapathFixups, ovsFlowOperations, ovsHeader, ovsVportFixups } from './ovs.js';
import { linkFixups } from './rt-link.js';
import { flowerFixups } from './tc-flower.js';
import { tcFixups } from './tc.js';
import { teamFixups } from './team.js';

export type { Fixup } from './fixup.js';

/** The repairs of the kernel's own specs by family, written against Linux 7.3. */
export const fixups: ReadonlyMap<string, readonly Fixup[]> = new Map([
  ['conntrack', conntrackFixups],
  ['ethtool', ethtoolFixups],
  ['mptcp_pm', mptcpFixups],
  ['nftables', nftablesFixups],
  ['nlctrl', nlctrlFixups],
  ['devlink', devlinkFixups],
  ['fou', fouFixups],
  ['nl80211', nl80211Fixups],
  ['ovs_datapath', ovsDatapathFixups],
  ['ovs_flow', [...ovsFlowFixups, ...ovsFlowOperations]],
  ['ovs_packet', [ovsHeader]],
  ['ovs_vport', ovsVportFixups],
  ['team', teamFixups],
  ['rt-addr', addressFixups],
  ['rt-link', linkFixups],
  ['rt-neigh', neighbourFixups],
  ['rt-route', routeFixups],
  ['rt-rule', ruleFixups],
  ['tc', [...tcFixups, ...flowerFixups]],
]);

/**
 * A copy of a parsed spec with its defects repaired. A fix-up whose defect is absent is skipped: the spec belongs to
 * another kernel. With `strict` that is an error, so that we drop repairs which the kernel has made itself.
 */
export function repaired(parsed: unknown, file: string, options: { readonly strict: boolean }): unknown {
  const name = (parsed as { name?: unknown } | null)?.name;
  const repairs = typeof name === 'string' ? (fixups.get(name) ?? []) : [];
  if (repairs.length === 0) return parsed;
  const copy = structuredClone(parsed);
  const place: SpecPlace = { file, path: '' };
  for (const fixup of repairs) {
    const mismatch = fixupMismatch(copy, fixup);
    if (mismatch === undefined) applyFixup(copy, fixup);
    else if (options.strict) throw staleFixup(fixup, mismatch, place);
  }
  return copy;
}
