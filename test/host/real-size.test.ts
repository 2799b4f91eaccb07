import { beforeAll, describe, expect, test } from '@jest/globals';
import type { NetlinkSocket } from 'afnetlink';
import { privateNamespace } from '../helpers/private-namespace.js';
import {
  address,
  deleteLink,
  deleteRoute,
  dumpLinks,
  dumpRoutes,
  getLink,
  linkName,
  newLink,
  newRoute,
  routeDestination,
  RTM_NEWROUTE,
} from '../helpers/route.js';
import { NETLINK_ROUTE, open } from '../helpers/sockets.js';

const namespace = privateNamespace();
const openRoute = (options = {}) => open({ protocol: NETLINK_ROUTE, netns: namespace.netns, ...options });
const turn = () => new Promise((resolve) => setImmediate(resolve));

async function addRoutes(socket: NetlinkSocket, table: number, count: number): Promise<void> {
  const batch = socket.batch({ acknowledge: 'last' });
  for (let index = 0; index < count; index++) batch.add(newRoute(address(index), table));
  const results = await batch.send();
  expect(results.filter(({ status }) => status !== 'done')).toEqual([]);
}

async function deleteRoutes(socket: NetlinkSocket, table: number, count: number): Promise<void> {
  const batch = socket.batch({ acknowledge: 'last' });
  for (let index = 0; index < count; index++) batch.add(deleteRoute(address(index), table));
  const results = await batch.send();
  expect(results.filter(({ status }) => status !== 'done')).toEqual([]);
}

test('a dump of 100,000 routes while 1,000 requests overlap and a subscriber listens', async () => {
  const count = 100_000;
  const table = 1000;
  const socket = openRoute();
  await addRoutes(socket, table, count);
  const routes = socket.dump(dumpRoutes(table)).toArray();
  const events = openRoute().subscribe({ groups: ['RTNLGRP_IPV4_ROUTE'], receiveBufferSize: 8 << 20 });
  let seen = 0;
  const listening = events.forEach((item) => {
    expect(item).toMatchObject({ kind: 'event', event: { type: RTM_NEWROUTE } });
    seen += 1;
  });
  let beforeTheEnd = 0;
  let over = false;
  void routes.then(() => (over = true));
  const ask = async (index: number) => {
    // Half of them change something that the subscriber sees, in another table.
    if (index % 2 === 0) await socket.request(newRoute(address(index), 1001));
    else await socket.request(getLink({ index: 1 }));
    if (!over) beforeTheEnd += 1;
  };
  for (let round = 0; round < 10; round++) {
    await Promise.all(Array.from({ length: 100 }, (_, index) => ask(round * 100 + index)));
    await turn();
  }
  const destinations = new Set((await routes).map(routeDestination));
  expect(destinations.size).toBe(count);
  expect(beforeTheEnd).toBeGreaterThan(0);
  while (seen < 500) await turn();
  events.close();
  await listening;
  expect([seen, socket.counters.overruns]).toEqual([500, 0]);

  let streamed = 0;
  for await (const batch of socket.dump(dumpRoutes(table)).batches()) streamed += batch.length;
  expect(streamed).toBe(count);
  expect(socket.dump(dumpRoutes(table)).toArraySync()).toHaveLength(count);
  await deleteRoutes(socket, table, count);
});

describe('a dump that changes under way', () => {
  const count = 300;

  beforeAll(async () => {
    const batch = openRoute().batch();
    for (let index = 0; index < count; index++) batch.add(newLink({ name: `many${index}`, kind: 'bridge' }));
    expect((await batch.send()).filter(({ status }) => status !== 'done')).toEqual([]);
  });

  test('is seen to begin anew, and is consistent in the end', async () => {
    const socket = openRoute();
    const other = openRoute();
    // Every datagram of the dump is made when the one before it is received: the change falls between two of them.
    let changes = 0;
    const restarts: number[] = [];
    let links: string[] = [];
    const onRestart = (restart: number) => {
      restarts.push(restart);
      links = [];
    };
    for await (const link of socket.dump(dumpLinks, { onRestart })) {
      links.push(linkName(link));
      if (changes < 2 && links.length > 0) {
        changes += 1;
        other.requestSync(newLink({ name: `late${changes}`, kind: 'bridge' }));
      }
    }
    expect(restarts.length).toBeGreaterThan(0);
    const listed = (namespace.ipJson('link show') as { ifname: string }[]).map(({ ifname }) => ifname);
    expect(links.toSorted()).toEqual(listed.toSorted());
  });

  test('without onRestart it is an error behind the data; an array is begun anew', async () => {
    const socket = openRoute();
    const other = openRoute();
    let changed = false;
    let given = 0;
    const read = async () => {
      for await (const batch of socket.dump(dumpLinks).batches()) {
        given += batch.length;
        if (!changed) other.requestSync(newLink({ name: 'late3', kind: 'bridge' }));
        changed = true;
      }
    };
    await expect(read()).rejects.toMatchObject({ code: 'ERR_NETLINK_DUMP_INTERRUPTED' });
    expect(given).toBeGreaterThan(count);

    // As long as links come and go the dump is begun anew; they stop after a while.
    let churning = true;
    const churn = async () => {
      for (let index = 0; churning && index < 100; index++) {
        other.requestSync(newLink({ name: 'churn0', kind: 'bridge' }));
        other.requestSync(deleteLink('churn0'));
        await turn();
      }
    };
    const churned = churn();
    const dump = socket.dump(dumpLinks, { restarts: 1000 });
    const links = (await dump.toArray()).map(linkName);
    churning = false;
    await churned;
    expect(new Set(links).size).toBe(links.length);
    expect(links.length).toBeGreaterThanOrEqual(count);
  });
});

test('a receive buffer of 2,304 bytes under an event storm: overruns are reported, and it goes on', async () => {
  const socket = openRoute();
  // The kernel doubles what it is given: this is its minimum.
  const member = openRoute();
  using events = member.subscribe({ groups: ['RTNLGRP_IPV4_ROUTE'], receiveBufferSize: 1152 });
  let overruns = 0;
  let routes = 0;
  const reading = (async () => {
    for await (const item of events) {
      if (item.kind === 'overrun') overruns += 1;
      else if (item.kind === 'event') routes += 1;
    }
  })();
  for (let round = 0; round < 20; round++) {
    await addRoutes(socket, 1002, 500);
    await turn();
    await deleteRoutes(socket, 1002, 500);
    await turn();
  }
  expect(overruns).toBeGreaterThan(0);
  const before = routes;
  await turn();
  // It is not deaf: a single event still arrives, after whatever overrun is still to be reported.
  while (routes === before) {
    await socket.request(newRoute(address(1), 1002));
    await turn();
    await socket.request(deleteRoute(address(1), 1002));
    await turn();
  }
  events.close();
  await reading;
  expect(events.overruns).toBe(overruns);
});

test('a receive buffer of 2,304 bytes for requests: answers that did not fit are told, none hangs', async () => {
  const socket = openRoute({ options: { receiveBufferSize: 1152 } });
  expect(socket.getOption('receiveBufferSize')).toBe(2304);
  const results = await Promise.allSettled(
    Array.from({ length: 300 }, () => socket.request({ ...getLink({ index: 1 }), end: 'reply' })),
  );
  const codes = new Set(
    results.map((result) =>
      result.status === 'fulfilled' ? 'done' : (result.reason as { code: string }).code,
    ),
  );
  expect([...codes].filter((code) => code !== 'done' && code !== 'ERR_NETLINK_OVERRUN')).toEqual([]);
  expect(codes).toContain('done');
  const batch = socket.batch();
  for (let index = 0; index < 300; index++) batch.add(newRoute(address(index), 1003));
  for (const result of await batch.send()) expect(['done', 'failed']).toContain(result.status);
  const dumps = await Promise.all(Array.from({ length: 5 }, () => socket.dump(dumpLinks).toArray()));
  expect(new Set(dumps.map(({ length }) => length)).size).toBe(1);
  await expect(socket.request({ ...getLink({ index: 1 }), end: 'reply' })).resolves.toBeDefined();
});

test('32 dumps at once on one socket, each complete', async () => {
  const socket = openRoute();
  await addRoutes(socket, 1004, 5000);
  const dumps = await Promise.all(Array.from({ length: 32 }, () => socket.dump(dumpRoutes(1004)).toArray()));
  for (const routes of dumps) expect(new Set(routes.map(routeDestination)).size).toBe(5000);
});

test('close() at random moments, 10,000 times: everything is settled', async () => {
  const rounds = 10_000;
  const outcomes: Record<string, number> = {};
  const count = (outcome: string) => (outcomes[outcome] = (outcomes[outcome] ?? 0) + 1);
  const codeOf = (error: unknown) => (error as { code?: string }).code ?? String(error);
  // In the run's own namespace: entering another costs a thread each time.
  const openHere = () => open({ protocol: NETLINK_ROUTE });
  await addRoutes(openHere(), 1005, 500);
  let random = 12_345;
  const next = (below: number) => {
    random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0;
    return (random >>> 8) % below;
  };
  for (let round = 0; round < rounds; round++) {
    const socket = openHere();
    const waiting: Promise<unknown>[] = [];
    for (let step = next(4); step >= 0; step--) {
      const kind = next(6);
      if (kind === 0) waiting.push(socket.request(getLink({ index: 1 })));
      else if (kind === 1) waiting.push(socket.dump(dumpRoutes(1005)).toArray());
      else if (kind === 2) waiting.push(socket.dump(dumpRoutes(1005))[Symbol.asyncIterator]().next());
      else if (kind === 3)
        waiting.push(
          socket
            .batch()
            .add(getLink({ index: 1 }))
            .add(getLink({ index: 9999 }))
            .send(),
        );
      else if (kind === 4) waiting.push(socket.subscribe({ groups: [1] }).next());
      else waiting.push(socket.receive());
    }
    const when = next(4);
    if (when === 1) await Promise.resolve();
    if (when === 2) await turn();
    if (when === 3) void Promise.resolve().then(() => socket.close());
    else socket.close();
    for (const result of await Promise.allSettled(waiting)) {
      count(result.status === 'fulfilled' ? 'settled' : codeOf(result.reason));
    }
    socket.close();
  }
  expect(Object.keys(outcomes).toSorted()).toEqual(['ERR_NETLINK_CLOSED', 'settled']);
  await deleteRoutes(openHere(), 1005, 500);
});
