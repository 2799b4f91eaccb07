import { openFamily } from 'afnetlink';
import { netdevFamily, type Dev } from 'afnetlink/families/netdev';
import type { FamilyBatchResult } from 'afnetlink/types';
import type { Same } from './same.js';

const netdev = await openFamily(netdevFamily);

const dev = await netdev.do.devGet({ ifindex: 1 });
export const whole: Same<typeof dev, Dev> = true;
export const feature: 'basic' | 'redirect' | number | undefined = dev.xdpFeatures?.find(
  (name) => name === 'basic' || name === 'redirect',
);

const selected = netdev.doSync.devGet({ ifindex: 1 }, { select: ['ifindex'] });
export const part: Same<typeof selected, Pick<Dev, 'ifindex'>> = true;
// @ts-expect-error: not selected
selected.xdpFeatures;

export const devices: Promise<Dev[]> = netdev.dump.devGet().toArray();

const batch = netdev.batch({ select: ['ifindex'] }).add('devGet', { ifindex: 1 });
export const results: Promise<FamilyBatchResult<unknown>[]> = batch.send();

for await (const item of netdev.subscribe({ groups: ['mgmt'] })) {
  if (item.kind !== 'event') continue;
  if (item.event.name === 'dev-add-ntf') item.event.message.ifindex?.toFixed();
  // @ts-expect-error: only some notifications have it
  item.event.message;
}

// @ts-expect-error: no such property
void netdev.do.devGet({ ifidx: 1 });
// @ts-expect-error: a number
void netdev.do.devGet({ ifindex: '1' });
// @ts-expect-error: no such option
void netdev.do.devGet({ ifindex: 1 }, { timout: 1 });
// @ts-expect-error: not a property of the reply
void netdev.do.devGet({ ifindex: 1 }, { select: ['index'] });
// @ts-expect-error: the specification's spelling
netdev.batch().add('dev-get', { ifindex: 1 });
// @ts-expect-error: no such operation
void netdev.do.devSet({});
// @ts-expect-error: no such group
netdev.subscribe({ groups: ['link'] });
// @ts-expect-error: read only
dev.ifindex = 2;
