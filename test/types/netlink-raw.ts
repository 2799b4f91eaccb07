import { openFamily } from 'afnetlink';
import { rtLinkFamily, type LinkMessage } from 'afnetlink/families/rt-link';
import type { Same } from './same.js';

const route = await openFamily(rtLinkFamily);

const link = await route.do.getlink({ ifname: 'lo' });
export const whole: Same<typeof link, LinkMessage> = true;
export const index: number = link.ifiIndex;
export const bytes: number | bigint | undefined = link.stats64?.rxBytes;

await route.do.newlink(
  { ifname: 'br0', linkinfo: { kind: 'bridge', data: { bridge: { forwardDelay: 100 } } } },
  { create: true, exclusive: true },
);

const { columns, length, has } = await route.dump.getlink({}, { columns: ['ifiIndex', 'ifname', 'address'] });
export const numbers: Int32Array = columns.ifiIndex;
export const address: string | undefined = columns.address.at(length - 1);
export const row: boolean = has('ifname', 0);

const selected = await route.dump.getlink({}, { select: ['ifname', 'mtu'] }).toArray();
export const rows: Same<typeof selected, Pick<LinkMessage, 'ifname' | 'mtu'>[]> = true;

// @ts-expect-error: not a column that was asked for
columns.mtu;
// @ts-expect-error: no such column
void route.dump.getlink({}, { columns: ['ifidx'] });
// @ts-expect-error: a format of another kind
void route.do.newlink({ linkinfo: { kind: 'bridge', data: { bridge: { vlanId: 1 } } } });
// @ts-expect-error: a number
void route.do.setlink({ mtu: '1500' });
// @ts-expect-error: no such flag
void route.do.setlink({ ifiFlags: ['upp'] });
