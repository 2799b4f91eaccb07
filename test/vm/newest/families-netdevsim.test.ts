// Shapers, queues and page pools, which only newer kernels describe, on a simulated device.
import { execFileSync } from 'node:child_process';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { netShaperFamily } from 'afnetlink/families/net-shaper';
import { netdevFamily } from 'afnetlink/families/netdev';
import { heard } from '../../helpers/events';
import { openNoted } from '../../helpers/exercise';
import { makeNetdevsim } from '../../helpers/netdevsim';

let ifindex = 0;
let device = '';
const ip = (line: string) => execFileSync('ip', line.split(' '), { encoding: 'utf8' });

beforeAll(() => {
  [device = ''] = makeNetdevsim(8, 1);
  ip(`link set ${device} up`);
  [{ ifindex }] = JSON.parse(ip(`-j link show ${device}`)) as [{ ifindex: number }];
});

describe('net-shaper', () => {
  test('capabilities are those that the device has', async () => {
    const client = await openNoted(netShaperFamily);
    const all = await client.dump.capGet({ ifindex }).toArray();
    expect(all.map(({ scope }) => scope)).toEqual(['unspec', 'netdev', 'queue', 'node']);
    for (const caps of all) expect(caps.extra).toBeUndefined();
    const one = await client.do.capGet({ ifindex, scope: 'queue' });
    expect(one).toEqual(all[2]);
    expect(one).toMatchObject({ ifindex, supportMetricBps: true, supportBwMax: true });
  });

  test('shapers of queues are set, grouped, read and deleted', async () => {
    const client = await openNoted(netShaperFamily);
    const handles = [0, 1].map((id) => ({ scope: 'queue', id }) as const);
    for (const [at, handle] of handles.entries()) {
      await client.do.set({ ifindex, handle, metric: 'bps', bwMax: 10_000_000_000n + BigInt(at) });
    }
    expect(await client.dump.get({ ifindex }).toArray()).toMatchObject([
      { ifindex, handle: handles[0], metric: 'bps', bwMax: 10_000_000_000n },
      { handle: handles[1], bwMax: 10_000_000_001n },
    ]);
    const group = await client.do.group({
      ifindex,
      handle: { scope: 'node' },
      metric: 'bps',
      bwMax: 5000n,
      leaves: handles.map((handle, weight) => ({ handle, weight: weight + 1 })),
    });
    expect(group).toMatchObject({ ifindex, handle: { scope: 'node', id: expect.any(Number) as unknown } });
    const leaf = await client.do.get({ ifindex, handle: handles[1] });
    expect(leaf).toMatchObject({ parent: group.handle, weight: 2 });
    expect(await client.do.get({ ifindex, handle: group.handle })).toMatchObject({ bwMax: 5000n });
    for (const handle of handles) await client.do.delete({ ifindex, handle });
    expect(await client.dump.get({ ifindex }).toArray()).toEqual([]);
  });

  test('what is wrong is refused, with the attribute at fault', async () => {
    const client = await openNoted(netShaperFamily);
    const handle = { scope: 'queue', id: 2 ** 26 } as const;
    await expect(client.do.set({ ifindex, handle })).rejects.toThrow(/handle\.id/);
    await expect(client.do.get({ ifindex, handle: { scope: 'netdev' } })).rejects.toMatchObject({
      code: 'ENOENT',
    });
  });
});

describe('netdev', () => {
  test('queues with their instances of NAPI, which are set', async () => {
    const client = await openNoted(netdevFamily);
    const queues = await client.dump.queueGet({ ifindex }).toArray();
    const [queue] = queues.filter(({ type }) => type === 'rx');
    expect(await client.do.queueGet({ ifindex, type: 'rx', id: queue?.id })).toEqual(queue);
    const instances = await client.dump.napiGet({ ifindex }).toArray();
    expect(instances.map(({ id }) => id)).toContain(queue?.napiId);
    const id = queue?.napiId;
    await client.do.napiSet({ id, deferHardIrqs: 3 });
    expect(await client.do.napiGet({ id })).toMatchObject({ id, ifindex, deferHardIrqs: 3 });
    const stats = await client.dump.qstatsGet({ ifindex, scope: ['queue'] }).toArray();
    expect(stats.length).toBeGreaterThan(0);
    expect(stats.every(({ extra }) => extra === undefined)).toBe(true);
  });

  test('page pools are listed, and announced as they come and go', async () => {
    const client = await openNoted(netdevFamily);
    const pools = await client.dump.pagePoolGet().toArray();
    const own = pools.filter((pool) => pool.ifindex === ifindex);
    expect(own).toHaveLength(2);
    const { id } = own[0] ?? {};
    expect(await client.do.pagePoolGet({ id })).toMatchObject({ id, ifindex });
    using events = client.subscribe();
    ip(`link set ${device} down`);
    ip(`link set ${device} up`);
    const names = ['page-pool-add-ntf', 'page-pool-del-ntf'];
    expect(await heard(events, names)).toEqual(expect.arrayContaining(names));
  });
});
