import { openFamily } from 'afnetlink';
import { ethtoolFamily, type Rings } from 'afnetlink/families/ethtool';
import type { Same } from './same.js';

const ethtool = await openFamily(ethtoolFamily);
const header = { devName: 'eth0' };

const rings = await ethtool.do.ringsGet({ header });
export const whole: Same<typeof rings, Rings> = true;
export const name: string | undefined = rings.header?.devName;

const done = await ethtool.do.ringsSet({ header, rx: 512 });
export const nothing: Same<typeof done, void> = true;
const echoed = await ethtool.do.ringsSet({ header, rx: 512 }, { echo: true });
export const answered: Same<typeof echoed, Rings | undefined> = true;

export const strict: Promise<Rings[]> = ethtool.dump.ringsGet({}, { strict: true, restarts: 1 }).toArray();

// @ts-expect-error: no such property in a nested set
void ethtool.do.ringsGet({ header: { deviceName: 'eth0' } });
// @ts-expect-error: an object
void ethtool.do.ringsGet({ header: 'eth0' });
// @ts-expect-error: no such value
void ethtool.do.ringsSet({ header, tcpDataSplit: 'enable' });
// @ts-expect-error: an option of requests, not of dumps
ethtool.dump.ringsGet({}, { create: true });
// @ts-expect-error: nothing is answered
done.rx;
