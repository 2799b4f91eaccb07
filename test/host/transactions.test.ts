import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { type NetlinkSocket } from 'afnetlink';
import { buildFilter, match } from 'afnetlink/filter';
import { WireWriter } from 'afnetlink/wire';
import { privateNamespace } from '../helpers/private-namespace.js';
import { runInProcess } from '../helpers/processes.js';
import {
  address,
  deleteLink,
  dumpLinks,
  dumpRoutes,
  getLink,
  linkName,
  newLink,
  newRoute,
  routeDestination,
  RTM_GETADDR,
  RTM_NEWADDR,
  RTM_NEWLINK,
} from '../helpers/route.js';
import { NETLINK_ROUTE, open, words } from '../helpers/sockets.js';

const IFF_UP = 1;

const namespace = privateNamespace();
const openRoute = () => open({ protocol: NETLINK_ROUTE, netns: namespace.netns });

interface IpLink {
  readonly ifname: string;
  readonly mtu: number;
}
const linksByIp = () => (namespace.ipJson('link show') as IpLink[]).map(({ ifname }) => ifname);

describe('requests', () => {
  test('a reply with the acknowledgement behind it, or without one', async () => {
    const socket = openRoute();
    for (const end of ['acknowledgement', 'reply', 'both'] as const) {
      const { message, messages } = await socket.request({ ...getLink({ index: 1 }), end });
      expect(messages).toHaveLength(1);
      expect(message === undefined ? '' : linkName(message)).toBe('lo');
    }
    expect(socket.requestSync(getLink({ name: 'lo' })).messages).toHaveLength(1);
    expect(socket.counters).toEqual({ overruns: 0, foreignDatagrams: 0 });
  });

  test('only an acknowledgement; what it did shows `ip`', async () => {
    const socket = openRoute();
    const reply = await socket.request(newLink({ name: 'made0', kind: 'bridge', mtu: 1400 }));
    expect(reply).toEqual({ message: undefined, messages: [], extack: undefined });
    expect(namespace.ipJson('link show dev made0') as IpLink[]).toMatchObject([
      { ifname: 'made0', mtu: 1400 },
    ]);
    socket.requestSync(deleteLink('made0'));
    expect(linksByIp()).not.toContain('made0');
  });

  test('hundreds in one tick, good and bad, each with its own answer', async () => {
    const socket = openRoute();
    const results = await Promise.allSettled(
      Array.from({ length: 600 }, (_, index) =>
        socket.request(getLink(index % 3 === 0 ? { index: 99_999 } : { index: 1 })),
      ),
    );
    results.forEach((result, index) => {
      if (index % 3 === 0) expect(result).toMatchObject({ status: 'rejected', reason: { code: 'ENODEV' } });
      else expect(result).toMatchObject({ status: 'fulfilled' });
    });
    expect(socket.counters.overruns).toBe(0);
  });

  test('two sockets do not see each other’s', async () => {
    const [one, two] = [openRoute(), openRoute()];
    const names = await Promise.all(
      Array.from({ length: 50 }, (_, index) => (index % 2 === 0 ? one : two).request(getLink({ index: 1 }))),
    );
    expect(names.every(({ message }) => message !== undefined && linkName(message) === 'lo')).toBe(true);
  });

  test('timers keep firing while requests are awaited in a row', async () => {
    const socket = openRoute();
    let ticks = 0;
    const timer = setInterval(() => (ticks += 1), 1);
    for (let index = 0; index < 20_000; index++)
      await socket.request({ ...getLink({ index: 1 }), end: 'reply' });
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(5);
  });
});

describe('dumps', () => {
  test('links, as `ip` lists them', async () => {
    const socket = openRoute();
    const links = await socket.dump(dumpLinks).toArray();
    expect(links.map(linkName).toSorted()).toEqual(linksByIp().toSorted());
    expect(socket.dump(dumpLinks).toArraySync().map(linkName)).toEqual(links.map(linkName));
    const looped: string[] = [];
    for await (const link of socket.dump(dumpLinks)) looped.push(linkName(link));
    expect(looped).toEqual(links.map(linkName));
  });

  test('addresses that the kernel filters by what the request says', async () => {
    const socket = openRoute();
    const writer = new WireWriter();
    const header = writer.space(8);
    writer.putU8(header, 2);
    writer.putU32(header + 4, 1);
    const addresses = await socket.dump({ type: RTM_GETADDR, payload: writer.finish() }).toArray();
    expect(addresses).toHaveLength(1);
    expect(addresses[0]).toMatchObject({ type: RTM_NEWADDR });
  });

  test('many asked for at once, beside requests: no EBUSY', async () => {
    const socket = openRoute();
    const dumps = Array.from({ length: 32 }, () => socket.dump(dumpLinks).toArray());
    const requests = Array.from({ length: 200 }, () => socket.request(getLink({ index: 1 })));
    const expected = linksByIp().length;
    expect((await Promise.all(dumps)).map(({ length }) => length)).toEqual(new Array(32).fill(expected));
    await expect(Promise.all(requests)).resolves.toHaveLength(200);
  });

  test('one that the kernel refuses says why', async () => {
    const socket = openRoute();
    const payload = new Uint8Array(8);
    payload[1] = 24;
    await expect(
      socket.dump({ type: RTM_GETADDR, name: 'RTM_GETADDR', payload }).toArray(),
    ).rejects.toMatchObject({
      code: 'EINVAL',
      message: 'RTM_GETADDR failed: EINVAL: ipv4: Invalid values in header for address dump request',
    });
    await expect(socket.dump(dumpLinks).toArray()).resolves.not.toHaveLength(0);
  });

  test('leaving one early disturbs neither requests nor the next', async () => {
    const socket = openRoute();
    const count = 3000;
    const add = socket.batch({ acknowledge: 'last' });
    for (let index = 0; index < count; index++) add.add(newRoute(address(index), 77));
    expect((await add.send()).every(({ status }) => status === 'done')).toBe(true);
    for await (const route of socket.dump(dumpRoutes(77))) {
      expect(routeDestination(route)).toBe('10.0.0.0');
      break;
    }
    await expect(socket.request(getLink({ index: 1 }))).resolves.toBeDefined();
    expect(await socket.dump(dumpRoutes(77)).toArray()).toHaveLength(count);
    expect(namespace.ipJson('route show table 77') as unknown[]).toHaveLength(count);
  });
});

describe('batches', () => {
  const names = Array.from({ length: 20 }, (_, index) => `batch${index}`);
  const addAll = (socket: ReturnType<typeof openRoute>, options = {}) => {
    const batch = socket.batch(options);
    for (const name of names) batch.add(newLink({ name, kind: 'bridge' }));
    return batch;
  };
  const removeAll = (socket: ReturnType<typeof openRoute>) => {
    for (const name of linksByIp().filter((link) => link.startsWith('batch')))
      socket.requestSync(deleteLink(name));
  };

  test.each(['each', 'last'] as const)('one result each, acknowledging %s', async (acknowledge) => {
    const socket = openRoute();
    socket.requestSync(newLink({ name: 'batch7', kind: 'bridge' }));
    const results = await addAll(socket, { acknowledge }).send();
    expect(results.map(({ status }) => status)).toEqual(
      names.map((name) => (name === 'batch7' ? 'failed' : 'done')),
    );
    expect(results[7]).toMatchObject({ error: { code: 'EEXIST', operation: 'RTM_NEWLINK' } });
    expect(linksByIp()).toEqual(expect.arrayContaining(names));
    removeAll(socket);
  });

  test('stopOnError leaves undone what comes behind', () => {
    const socket = openRoute();
    socket.requestSync(newLink({ name: 'batch7', kind: 'bridge' }));
    const results = addAll(socket, { stopOnError: true }).sendSync();
    expect(results.map(({ status }) => status)).toEqual(
      names.map((_, index) => (index < 7 ? 'done' : index === 7 ? 'failed' : 'skipped')),
    );
    expect(linksByIp().filter((name) => name.startsWith('batch'))).toHaveLength(8);
    removeAll(socket);
  });

  test.each(['each', 'last'] as const)('of many reads lose no reply, acknowledging %s', (acknowledge) => {
    const batch = openRoute().batch({ acknowledge });
    for (let index = 0; index < 3000; index++) batch.add(getLink({ index: 1 }));
    const results = batch.sendSync();
    expect(results).toHaveLength(3000);
    for (const result of results) expect(result).toMatchObject({ status: 'done', replies: [{ type: 16 }] });
  });

  test('requests with replies', async () => {
    const socket = openRoute();
    const results = await socket
      .batch()
      .add(getLink({ index: 1 }))
      .add(getLink({ index: 99_999 }))
      .send();
    expect(results).toMatchObject([
      { status: 'done', replies: [{ type: 16 }] },
      { status: 'failed', error: { code: 'ENODEV' } },
    ]);
  });
});

describe('netfilter transactions', () => {
  const NFT_MSG_NEWTABLE = (10 << 8) | 0;
  const table = (name: string, type = NFT_MSG_NEWTABLE) => {
    const writer = new WireWriter();
    writer.putU8(writer.space(4), 2);
    writer.string(1, name);
    return { type, name: 'NFT_MSG_NEWTABLE', flags: 0x400, payload: writer.finish() };
  };
  const tables = () =>
    (
      JSON.parse(namespace.run('nft', '-j', 'list', 'tables')) as { nftables: { table?: { name: string } }[] }
    ).nftables
      .flatMap(({ table: one }) => (one === undefined ? [] : [one.name]))
      .toSorted();

  test('all of it takes effect, or nothing', async () => {
    const socket = open({ protocol: 12, netns: namespace.netns });
    const good = socket
      .batch({ transaction: { subsystem: 10 } })
      .add(table('one'))
      .add(table('two'));
    expect((await good.send()).map(({ status }) => status)).toEqual(['done', 'done']);
    expect(tables()).toEqual(['one', 'two']);

    const NFT_MSG_DELTABLE = (10 << 8) | 2;
    const bad = socket
      .batch({ transaction: { subsystem: 10 } })
      .add(table('three'))
      .add(table('missing', NFT_MSG_DELTABLE))
      .add(table('four'));
    expect(bad.sendSync()).toMatchObject([
      { status: 'undone' },
      { status: 'failed', error: { code: 'ENOENT' } },
      { status: 'undone' },
    ]);
    expect(tables()).toEqual(['one', 'two']);
  });

  test('a subsystem that is not there refuses all', async () => {
    const socket = open({ protocol: 12, netns: namespace.netns });
    const results = await socket
      .batch({ transaction: { subsystem: 99 } })
      .add(table('x'))
      .send();
    expect(results).toMatchObject([{ status: 'failed', error: { operation: 'NFNL_MSG_BATCH_BEGIN' } }]);
  });
});

describe('subscriptions', () => {
  test('links as they come and go, by name of the group, unmixed with replies', async () => {
    const socket = openRoute();
    using events = socket.subscribe({ groups: ['RTNLGRP_LINK'] });
    namespace.ip('link add seen0 type bridge');
    namespace.ip('link del seen0');
    await socket.request(getLink({ index: 1 }));
    const seen: [number, string][] = [];
    for await (const item of events) {
      if (item.kind !== 'event') throw new Error(item.kind);
      seen.push([item.event.type, linkName(item.event)]);
      if (item.event.type === 17) break;
    }
    expect(seen[0]).toEqual([16, 'seen0']);
    expect(seen.at(-1)).toEqual([17, 'seen0']);
    expect(events.closed).toBe(true);
  });

  test('groups above 32 beside others', async () => {
    const socket = openRoute();
    const events = socket.subscribe({ groups: [1, 36] });
    const waiting = events.next();
    namespace.ip('link add seen1 type bridge');
    await expect(waiting).resolves.toMatchObject({
      value: { kind: 'event', event: { sender: { group: 1 } } },
    });
    namespace.ip('link del seen1');
  });

  test('a program drops in the kernel, a filter what was received', async () => {
    const socket = openRoute();
    const program = buildFilter(match.header.type.is(17));
    using gone = socket.subscribe({ groups: ['RTNLGRP_LINK'], program });
    using named = socket.subscribe({
      groups: ['RTNLGRP_LINK'],
      filter: (event) => linkName(event) === 'kept1',
    });
    for (const name of ['kept0', 'kept1']) {
      namespace.ip(`link add ${name} type bridge`);
      namespace.ip(`link del ${name}`);
    }
    expect(await gone.next()).toMatchObject({ value: { event: { type: 17 } } });
    expect(await gone.next()).toMatchObject({ value: { event: { type: 17 } } });
    expect(await named.next()).toMatchObject({ value: { kind: 'event', event: { type: 16 } } });
  });

  test('an abort leaves nothing behind', async () => {
    const socket = openRoute();
    const before = socket.fd;
    for (let index = 0; index < 50; index++) {
      const controller = new AbortController();
      const events = socket.subscribe({ groups: [1], signal: controller.signal });
      const waiting = events.next();
      controller.abort(new Error(`abort ${index}`));
      await expect(waiting).rejects.toThrow(`abort ${index}`);
    }
    expect(open().fd).toBeLessThanOrEqual(before + 4);
  });
});

test('requests and single messages on one socket', async () => {
  const socket = openRoute();
  await socket.request(getLink({ index: 1 }));
  const sequence = socket.send({ type: 18, payload: getLink({ index: 1 }).payload ?? new Uint8Array() });
  const replies = await Promise.all([socket.receive(), socket.request(getLink({ index: 1 }))]);
  expect(replies[0]).toMatchObject({ type: 16, sequence });
  expect(replies[1].messages).toHaveLength(1);
});

test.each(['receive', 'a request'])(
  'where requests are made, receive is told of events that were lost, found by %s',
  async (finder) => {
    const member = open({
      protocol: NETLINK_ROUTE,
      netns: namespace.netns,
      groups: [1],
      options: { receiveBufferSize: 4096 },
    });
    await member.request(getLink({ index: 1 }));
    const other = openRoute();
    const changes = 30;
    for (let change = 0; change < changes; change++)
      other.requestSync({ type: RTM_NEWLINK, payload: words(0, 1, change & IFF_UP, IFF_UP) });
    if (finder === 'a request') {
      await expect(member.request(getLink({ index: 1 }))).rejects.toMatchObject({
        code: 'ERR_NETLINK_OVERRUN',
      });
    }
    let received = 0;
    const receiveAll = async () => {
      for await (const { type } of member) received += type === RTM_NEWLINK ? 1 : 0;
    };
    await expect(receiveAll()).rejects.toMatchObject({ code: 'ERR_NETLINK_OVERRUN' });
    expect(received).toBeGreaterThan(0);
    expect(received).toBeLessThan(changes);
    expect((await member.request(getLink({ index: 1 }))).messages).toHaveLength(1);
  },
);

test('a process that learns of an overrun ends all the same', async () => {
  const script = `
    const { openSocket } = require('afnetlink');
    const words = (...values) => new Uint8Array(new Int32Array(values).buffer);
    const member = openSocket({ protocol: 0, groups: [1], options: { receiveBufferSize: 4096 } });
    const other = openSocket({ protocol: 0 });
    (async () => {
      await member.request({ type: 18, payload: words(0, 1, 0, 0) });
      for (let change = 0; change < 30; change++) other.requestSync({ type: 16, payload: words(0, 1, change & 1, 1) });
      for await (const { type } of member) if (type !== 16) throw new Error('an unexpected message');
    })().catch(({ code }) => console.log(code));
  `;
  const result = await runInProcess(script, { prefix: ['unshare', '--net'] });
  expect(result).toMatchObject({ status: 0, signal: null, stdout: 'ERR_NETLINK_OVERRUN\n', stderr: '' });
});

test('a listener gets all that is queued behind an overrun, also where requests were made before', async () => {
  const counts = await Promise.all(
    [256 << 10, 16 << 20].map(async (receiveBufferSize) => {
      const options = { receiveBufferSize };
      const member = open({ protocol: NETLINK_ROUTE, netns: namespace.netns, groups: [1], options });
      await member.request(getLink({ index: 1 }));
      return { member, count: 0 };
    }),
  );
  const other = openRoute();
  for (let change = 0; change < 1000; change++)
    other.requestSync({ type: RTM_NEWLINK, payload: words(0, 1, change & IFF_UP, IFF_UP) });
  for (const each of counts) each.member.onDatagrams((batch) => (each.count += batch.count));
  while (counts.some(({ member }) => member.memory().receiveQueued > 0)) await sleep(1);
  const [small, large] = counts.map(({ member, count }) => ({ count, drops: member.memory().drops }));
  expect(large).toEqual({ count: expect.any(Number), drops: 0 });
  expect(small?.count).toBeGreaterThan(64);
  expect(small?.drops).toBeGreaterThan(0);
  expect((small?.count ?? 0) + (small?.drops ?? 0)).toBe(large?.count);
});

const askers: Record<string, (socket: NetlinkSocket) => unknown> = {
  request: (socket) => socket.request(getLink({ index: 1 })),
  'synchronous request': (socket) => socket.requestSync(getLink({ index: 1 })),
  batch: async (socket) => {
    const message = { ...getLink({ index: 1 }), end: 'reply' as const };
    expect(await socket.batch().add(message).send()).toMatchObject([{ status: 'done' }]);
  },
  dump: (socket) => socket.dump(dumpLinks).toArray(),
};

test.each(Object.entries(askers))('behind an overrun that is known of, a %s is answered', async (_, ask) => {
  const member = open({
    protocol: NETLINK_ROUTE,
    netns: namespace.netns,
    groups: [1],
    options: { receiveBufferSize: 16 * 1024 },
  });
  const other = openRoute();
  for (let change = 0; change < 100; change++)
    other.requestSync({ type: RTM_NEWLINK, payload: words(0, 1, change & IFF_UP, IFF_UP) });
  // The kernel has said so with the first of the events, and drops answers too until the others are received.
  expect((await member.receive()).type).toBe(RTM_NEWLINK);
  expect(member.memory().receiveQueued).toBeGreaterThan(0);
  await ask(member);
  const received: number[] = [];
  const receiveAll = async () => {
    for await (const { type } of member) received.push(type);
  };
  await expect(receiveAll()).rejects.toMatchObject({ code: 'ERR_NETLINK_OVERRUN' });
  expect(new Set(received)).toEqual(new Set([RTM_NEWLINK]));
});

test('a message that comes in with a request’s answer reaches who waits for it, and then nobody watches', async () => {
  const { status, stdout } = await runInProcess(`
    const { openSocket } = require('afnetlink');
    const socket = openSocket({ protocol: 0 });
    const message = { type: 18, payload: Buffer.alloc(16).fill(1, 4, 5) };
    socket.request(message).then(() => {
      socket.receive().then(({ type }) => console.log('received', type));
      socket.send(message);
      return socket.request(message);
    }).then(({ messages }) => console.log('answered', messages.length));`);
  expect({ status, stdout }).toEqual({
    status: 0,
    stdout: expect.stringMatching(/received 16\n/) as unknown,
  });
  expect(stdout).toContain('answered 1\n');
});
