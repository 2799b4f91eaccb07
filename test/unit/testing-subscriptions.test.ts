import { describe, expect, test } from '@jest/globals';
import { FakeKernel, message } from 'afnetlink/testing';

const bytes = (...values: number[]) => new Uint8Array(values);
const turn = () => new Promise((resolve) => setImmediate(resolve));
const silent = () => new FakeKernel(() => undefined);
const typeOf = (item: { kind: string; event?: { type: number } }) => item.event?.type ?? item.kind;

describe('subscriptions', () => {
  test('events of their groups, from the moment they are made', async () => {
    const kernel = silent();
    using socket = kernel.openSocket();
    using events = socket.subscribe({ groups: [1, 'RTNLGRP_NEIGH'] });
    kernel.notify(1, 16, bytes(1, 0, 0, 0));
    kernel.notify(2, 17);
    kernel.notify(3, 28);
    expect(await events.next()).toEqual({
      done: false,
      value: {
        kind: 'event',
        event: {
          type: 16,
          flags: 0,
          sequence: 0,
          portId: 0,
          payload: bytes(1, 0, 0, 0),
          sender: { portId: 0, group: 1 },
        },
      },
    });
    expect((await events.next()).value).toMatchObject({ event: { type: 28, sender: { group: 3 } } });
    const waiting = events.next();
    await turn();
    kernel.notify(1, 18);
    expect((await waiting).value).toMatchObject({ event: { type: 18 } });
  });

  test('a loop ends when the subscription is closed, and closes it when it is left', async () => {
    const kernel = silent();
    using socket = kernel.openSocket();
    const events = socket.subscribe({ groups: [1] });
    kernel.notify(1, 16);
    const seen: unknown[] = [];
    for await (const item of events) {
      seen.push(typeOf(item));
      events.close();
    }
    expect(seen).toEqual([16]);
    expect(await events.next()).toEqual({ done: true, value: undefined });
    const others = socket.subscribe({ groups: [1] });
    kernel.notify(1, 17);
    for await (const item of others) {
      expect(typeOf(item)).toBe(17);
      break;
    }
    expect(others.closed).toBe(true);
  });

  test('a signal ends it with its reason', async () => {
    using socket = silent().openSocket();
    const controller = new AbortController();
    const events = socket.subscribe({ groups: [1], signal: controller.signal });
    const waiting = events.next();
    controller.abort('enough');
    await expect(waiting).rejects.toBe('enough');
    await expect(events.next()).rejects.toBe('enough');
    expect(() => socket.subscribe({ groups: [1], signal: AbortSignal.abort(new Error('before')) })).toThrow(
      'before',
    );
  });

  test('an overrun is an item, and the events go on', async () => {
    const kernel = silent();
    using socket = kernel.openSocket();
    using events = socket.subscribe({ groups: [1] });
    kernel.notify(1, 16);
    kernel.overrun();
    kernel.notify(1, 17);
    const items = [await events.next(), await events.next(), await events.next()].map(
      ({ value }) => value as { kind: string },
    );
    expect(items.map(typeOf).toSorted()).toEqual([16, 17, 'overrun']);
    expect(events.overruns).toBe(1);
    kernel.notify(1, 18);
    expect((await events.next()).value).toMatchObject({ event: { type: 18 } });
  });

  test('bytes that are no message are an item, with the messages before them', async () => {
    const kernel = silent();
    using socket = kernel.openSocket();
    using events = socket.subscribe({ groups: [1] });
    kernel.emit(1, new Uint8Array([...message({ type: 16 }), 1, 2, 3]));
    expect(typeOf((await events.next()).value as { kind: string })).toBe(16);
    expect((await events.next()).value).toEqual({ kind: 'malformed', bytes: bytes(1, 2, 3) });
  });

  test('a filter leaves out; a decoder makes the events', async () => {
    const kernel = silent();
    using socket = kernel.openSocket();
    using events = socket.subscribe({ groups: [1], filter: ({ type }) => type === 17 });
    using decoded = socket.subscribeDecoded(
      { groups: [1], filter: (value) => value !== 2 },
      (view, at, end) => (end - at > 16 ? view.u8(at + 16, end) : undefined),
    );
    for (const [type, value] of [
      [16, 1],
      [17, 2],
      [17, 3],
    ] as const)
      kernel.notify(1, type, bytes(value));
    kernel.notify(1, 16);
    expect((await events.next()).value).toMatchObject({ event: { type: 17 } });
    expect(await decoded.next()).toEqual({ done: false, value: { kind: 'event', event: 1 } });
    expect(await decoded.next()).toEqual({ done: false, value: { kind: 'event', event: 3 } });
  });

  test('an event that cannot be decoded is given as its bytes', async () => {
    const kernel = silent();
    using socket = kernel.openSocket();
    using decoded = socket.subscribeDecoded({ groups: [1] }, (view, at, end) => view.u32(at + 16, end));
    kernel.notify(1, 16, bytes(1));
    expect(await decoded.next()).toMatchObject({ value: { kind: 'malformed' } });
  });

  test('reading ahead stops at the capacity, and the rest stays in the kernel', async () => {
    const kernel = silent();
    using socket = kernel.openSocket();
    let decoded = 0;
    using events = socket.subscribeDecoded({ groups: [1], capacity: 10 }, () => ++decoded);
    for (let index = 0; index < 100; index++) kernel.notify(1, 16);
    await turn();
    expect(decoded).toBe(0);
    await events.next();
    for (let index = 0; index < 10; index++) await turn();
    expect(decoded).toBeLessThanOrEqual(10 + 16);
    for (let index = 2; index <= 100; index++) {
      expect((await events.next()).value).toEqual({ kind: 'event', event: index });
    }
  });

  test('forEach calls back with everything, what is queued first, until it is closed', async () => {
    const kernel = silent();
    using socket = kernel.openSocket();
    const events = socket.subscribe({ groups: [1] });
    kernel.notify(1, 16);
    kernel.notify(1, 17);
    await events.next();
    const seen: unknown[] = [];
    const over = events.forEach((item) => seen.push(typeOf(item)));
    kernel.notify(1, 18);
    kernel.overrun();
    await turn();
    await turn();
    expect(seen.map(String).toSorted()).toEqual(['17', '18', 'overrun']);
    await expect(events.next()).rejects.toMatchObject({ code: 'ERR_NETLINK_INVALID_ARGUMENT' });
    events.close();
    await expect(over).resolves.toBeUndefined();
    await expect(events.forEach(() => undefined)).resolves.toBeUndefined();
  });

  test('groups and capacities that are none', () => {
    using socket = silent().openSocket();
    expect(() => socket.subscribe({ groups: ['RTNLGRP_NONSENSE'] })).toThrow(
      /unknown multicast group 'RTNLGRP_NONSENSE' of netlink protocol 0; there are RTNLGRP_LINK, /,
    );
    using generic = silent().openSocket({ protocol: 16 });
    expect(() => generic.subscribe({ groups: ['x'] })).toThrow(
      /its groups are known here by their numbers only/,
    );
    expect(() => socket.subscribe({ groups: [1], capacity: 0 })).toThrow(
      'capacity is 0; it must be a number from 1 on',
    );
  });
});

test('messages that answer no request are what receive gives', async () => {
  const kernel = new FakeKernel((request) => [
    message({ type: 99, sequence: 0, payload: bytes(1) }),
    message({ type: 2, sequence: request.sequence, portId: request.portId, payload: new Uint8Array(20) }),
  ]);
  using socket = kernel.openSocket();
  await socket.request({ type: 16 });
  expect(await socket.receive()).toMatchObject({
    type: 99,
    payload: bytes(1),
    sender: { portId: 0, group: 0 },
  });
  const sequence = socket.send({ type: 16 });
  expect(await socket.receive()).toMatchObject({ type: 99 });
  expect(await socket.receive()).toMatchObject({ type: 2, sequence });
});
