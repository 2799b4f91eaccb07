import { describe, expect, test } from '@jest/globals';
import { type Batch, type RequestMessage } from 'afnetlink';
import { NLM_F_ACK, NLM_F_DUMP, NLM_F_REQUEST, type WireView } from 'afnetlink/wire';
import {
  acknowledge,
  datagram,
  done,
  FakeKernel,
  message,
  multipart,
  refuse,
  reply,
  type Respond,
} from 'afnetlink/testing';

const bytes = (...values: number[]) => new Uint8Array(values);
const isDump = (flags: number) => (flags & NLM_F_DUMP) === NLM_F_DUMP;
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Answers with the payload, acknowledged if asked for; a dump gives three items. */
const echo: Respond = (request) => {
  if (isDump(request.flags)) return [datagram(...multipart(request, [bytes(1), bytes(2), bytes(3)]))];
  const answer = [reply(request, request.payload)];
  return (request.flags & NLM_F_ACK) === 0 ? answer : [...answer, acknowledge(request)];
};

describe('requests', () => {
  test('reply and acknowledgement, and what the kernel saw', async () => {
    const kernel = new FakeKernel(echo);
    using socket = kernel.openSocket();
    const { message, messages, extack } = await socket.request({
      type: 18,
      flags: 0x100,
      payload: bytes(1, 2, 3, 4),
    });
    expect(message?.payload).toEqual(bytes(1, 2, 3, 4));
    expect([messages.length, extack]).toEqual([1, undefined]);
    expect(kernel.requests).toMatchObject([{ type: 18, flags: NLM_F_REQUEST | NLM_F_ACK | 0x100 }]);
  });

  test('without an acknowledgement where the reply is the end', async () => {
    const kernel = new FakeKernel(echo);
    using socket = kernel.openSocket();
    const { message } = await socket.request({ type: 18, payload: bytes(7, 0, 0, 0), end: 'reply' });
    expect(message?.payload[0]).toBe(7);
    expect(kernel.requests).toMatchObject([{ flags: NLM_F_REQUEST }]);
  });

  test('those of one tick go together, behind the first, in order', async () => {
    const kernel = new FakeKernel(echo);
    using socket = kernel.openSocket();
    const replies = await Promise.all(
      Array.from({ length: 100 }, (_, index) => socket.request({ type: 18, payload: bytes(index, 0, 0, 0) })),
    );
    expect(replies.map(({ message }) => message?.payload[0])).toEqual(
      Array.from({ length: 100 }, (_, index) => index),
    );
    expect(kernel.requests.map(({ payload }) => payload[0])).toEqual(
      Array.from({ length: 100 }, (_, index) => index),
    );
    // One where the event loop was due its turn: then the first waited for the others.
    expect(kernel.datagrams).toBeLessThanOrEqual(2);
  });

  test('one datagram holds no more than its answers have room for', async () => {
    const kernel = new FakeKernel(echo);
    using socket = kernel.openSocket();
    await Promise.all(
      Array.from({ length: 1000 }, () => socket.request({ type: 18, payload: new Uint8Array(4) })),
    );
    // A megabyte of receive buffer, and 4352 bytes for each answer. The first goes alone, unless the event loop was due its turn.
    expect([1 + Math.ceil(999 / 240), Math.ceil(1000 / 240)]).toContain(kernel.datagrams);
    await socket.request({ type: 18, payload: new Uint8Array(60_000) });
    const before = kernel.datagrams;
    await Promise.all(
      Array.from({ length: 17 }, () => socket.request({ type: 18, payload: new Uint8Array(4) })),
    );
    expect(kernel.datagrams - before).toBe(1 + Math.ceil(16 / 8));
  });

  test('a refusal among others is its own', async () => {
    const kernel = new FakeKernel((request) =>
      request.payload[0] === 3 ? [refuse(request, 'ENODEV')] : echo(request),
    );
    using socket = kernel.openSocket();
    const results = await Promise.allSettled(
      Array.from({ length: 6 }, (_, index) =>
        socket.request({ type: 18, name: 'RTM_GETLINK', payload: bytes(index, 0, 0, 0) }),
      ),
    );
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
    ]);
    expect(results[3]).toMatchObject({
      reason: { code: 'ENODEV', message: 'RTM_GETLINK failed: ENODEV: there is no such device' },
    });
  });

  test('an answer that takes its time', async () => {
    const kernel = new FakeKernel(async (request) => {
      await turn();
      return [acknowledge(request)];
    });
    using socket = kernel.openSocket();
    await expect(socket.request({ type: 18 })).resolves.toMatchObject({ messages: [] });
  });

  test('arguments that cannot be used are refused before anything is sent', async () => {
    const kernel = new FakeKernel(echo);
    using socket = kernel.openSocket();
    const invalid = { code: 'ERR_NETLINK_INVALID_ARGUMENT' };
    await expect(socket.request({ type: 70_000 })).rejects.toMatchObject(invalid);
    await expect(socket.request({ type: 18, flags: -1 })).rejects.toMatchObject(invalid);
    await expect(socket.request({ type: 18 }, { timeout: 0 })).rejects.toMatchObject(invalid);
    expect(() => socket.requestSync({ type: 18 }, { timeout: NaN })).toThrow(
      expect.objectContaining(invalid),
    );
    expect(() => socket.dump({ type: 18 }, { restarts: -1 })).toThrow(expect.objectContaining(invalid));
    expect(() => socket.batch({ stopOnError: true, transaction: { subsystem: 10 } })).toThrow(
      expect.objectContaining(invalid),
    );
    expect(kernel.requests).toEqual([]);
  });

  test('a decoder that asks again from inside does not disturb', async () => {
    const kernel = new FakeKernel(echo);
    using socket = kernel.openSocket();
    const inner: Promise<unknown>[] = [];
    const operation = {
      name: 'NESTED',
      headerLength: 0,
      encode: (writer: { append(payload: Uint8Array): void }, payload: Uint8Array) => writer.append(payload),
      decode: (view: { u8(offset: number, end: number): number }, offset: number, end: number) => {
        inner.push(socket.request({ type: 19, payload: bytes(9, 9, 9, 9) }));
        return view.u8(offset, end);
      },
    };
    const outer = await Promise.all(
      [1, 2, 3].map((value) =>
        socket.execute({ operation, type: 18, flags: 0, input: bytes(value, 0, 0, 0) }),
      ),
    );
    expect(outer).toEqual([1, 2, 3]);
    await expect(Promise.all(inner)).resolves.toHaveLength(3);
    expect(kernel.requests.filter(({ type }) => type === 19)).toHaveLength(3);
  });

  test('synchronously', () => {
    const kernel = new FakeKernel((request) => (request.type === 19 ? undefined : echo(request)));
    using socket = kernel.openSocket();
    expect(socket.requestSync({ type: 18, payload: bytes(5, 0, 0, 0) }).message?.payload[0]).toBe(5);
    expect(() => socket.requestSync({ type: 19 })).toThrow(
      expect.objectContaining({ code: 'ERR_NETLINK_TIMEOUT' }),
    );
  });

  /** Gives the first byte of the one reply that ends it. */
  const readFirst = (decode = (view: WireView, offset: number, end: number) => view.u8(offset, end)) => ({
    name: 'READ_FIRST',
    headerLength: 0,
    end: 'reply' as const,
    encode: () => undefined,
    decode,
  });

  test('what comes before the answer is somebody else’s, whoever asked and however', async () => {
    const kernel = new FakeKernel((request) => [
      message({ type: 77, payload: bytes(7) }),
      reply(request, bytes(8)),
    ]);
    using socket = kernel.openSocket();
    expect(socket.executeSync({ operation: readFirst(), type: 18, flags: 0, input: undefined })).toBe(8);
    expect(await socket.execute({ operation: readFirst(), type: 18, flags: 0, input: undefined })).toBe(8);
    expect(socket.requestSync({ type: 18, end: 'reply' }).messages).toHaveLength(1);
    for (let count = 0; count < 3; count++) expect(socket.receiveSync()).toMatchObject({ type: 77 });
  });

  test('what comes behind the answer in its datagram is nobody’s answer', () => {
    const kernel = new FakeKernel((request) => [
      datagram(reply(request, bytes(8, 0, 0, 0)), message({ type: 77 })),
    ]);
    using socket = kernel.openSocket();
    expect(socket.executeSync({ operation: readFirst(), type: 18, flags: 0, input: undefined })).toBe(8);
    expect(socket.receiveSync()).toMatchObject({ type: 77 });
  });

  test('a reply that cannot be read, and a decoder that closes the socket', async () => {
    const kernel = new FakeKernel((request) => [reply(request, bytes(1, 0, 0, 0))]);
    const socket = kernel.openSocket();
    const broken = readFirst((view, offset) => view.u8(offset, offset));
    const malformed = expect.objectContaining({ code: 'ERR_NETLINK_MALFORMED', operation: 'READ_FIRST' });
    expect(() => socket.executeSync({ operation: broken, type: 18, flags: 0, input: undefined })).toThrow(
      malformed,
    );
    await expect(socket.execute({ operation: broken, type: 18, flags: 0, input: undefined })).rejects.toEqual(
      malformed,
    );
    expect(socket.executeSync({ operation: readFirst(), type: 18, flags: 0, input: undefined })).toBe(1);
    const closing = readFirst(() => {
      socket.close();
      return 1;
    });
    expect(() => socket.executeSync({ operation: closing, type: 18, flags: 0, input: undefined })).toThrow(
      expect.objectContaining({ code: 'ERR_NETLINK_CLOSED' }),
    );
  });

  test('a trace that throws fails the request it sees, and nothing else that came is lost', async () => {
    let seen = 0;
    const kernel = new FakeKernel((request) => [
      datagram(message({ type: 77 })),
      datagram(reply(request, bytes(1, 0, 0, 0))),
    ]);
    using socket = kernel.openSocket({
      trace: ({ direction }) => {
        if (direction === 'received' && seen++ === 0) throw new Error('from the trace');
      },
    });
    await expect(
      socket.execute({ operation: readFirst(), type: 18, flags: 0, input: undefined }),
    ).rejects.toThrow('from the trace');
    expect(socket.executeSync({ operation: readFirst(), type: 18, flags: 0, input: undefined })).toBe(1);
    expect(socket.receiveSync({ timeout: 0 })).toMatchObject({ type: 77 });
    expect(socket.receiveSync({ timeout: 0 })).toMatchObject({ type: 77 });
    expect(() => socket.receiveSync({ timeout: 0 })).toThrow(
      expect.objectContaining({ code: 'ERR_NETLINK_TIMEOUT' }),
    );
  });

  test('a synchronous one sends what waits before it first', async () => {
    const kernel = new FakeKernel(echo);
    using socket = kernel.openSocket();
    const earlier = [1, 2, 3].map((value) => socket.request({ type: 18, payload: bytes(value, 0, 0, 0) }));
    socket.requestSync({ type: 18, payload: bytes(4, 0, 0, 0) });
    await Promise.all(earlier);
    expect(kernel.requests.map(({ payload }) => payload[0])).toEqual([1, 2, 3, 4]);
  });
});

describe('the end of waiting', () => {
  const silent = () => new FakeKernel(() => undefined);

  test('time-out: by default, for a call, and none', async () => {
    using socket = silent().openSocket();
    expect(socket.requestTimeout).toBe(5000);
    const timeout = {
      code: 'ERR_NETLINK_TIMEOUT',
      message: 'RTM_X: no answer came within 10 ms',
      operation: 'RTM_X',
    };
    await expect(socket.request({ type: 18, name: 'RTM_X' }, { timeout: 10 })).rejects.toMatchObject(timeout);
    socket.requestTimeout = 10;
    await expect(socket.request({ type: 18, name: 'RTM_X' })).rejects.toMatchObject(timeout);
    await expect(socket.dump({ type: 18, name: 'RTM_X' }).toArray()).rejects.toMatchObject(timeout);
    const endless = socket.request({ type: 18 }, { timeout: Infinity });
    await expect(
      Promise.race([endless, new Promise((resolve) => setTimeout(resolve, 50, 'still waiting'))]),
    ).resolves.toBe('still waiting');
    socket.close();
    await expect(endless).rejects.toMatchObject({ code: 'ERR_NETLINK_CLOSED' });
    expect(() => (silent().openSocket().requestTimeout = 0)).toThrow(
      expect.objectContaining({ code: 'ERR_NETLINK_INVALID_ARGUMENT' }),
    );
  });

  test('abort: before it is sent, while it waits for its tick, and while it waits for the answer', async () => {
    const kernel = silent();
    using socket = kernel.openSocket();
    await expect(socket.request({ type: 18 }, { signal: AbortSignal.abort('before') })).rejects.toBe(
      'before',
    );
    expect(() =>
      socket.requestSync({ type: 18 }, { signal: AbortSignal.abort(new Error('before')) }),
    ).toThrow('before');
    await expect(socket.dump({ type: 18 }, { signal: AbortSignal.abort('before') }).toArray()).rejects.toBe(
      'before',
    );
    await expect(
      socket
        .batch({ signal: AbortSignal.abort('before') })
        .add({ type: 18 })
        .send(),
    ).rejects.toBe('before');
    expect(kernel.requests).toEqual([]);

    const aborts = [1, 2, 3].map(() => new AbortController());
    const requests = aborts.map(({ signal }, index) => socket.request({ type: 20 + index }, { signal }));
    aborts[1]?.abort('in its tick');
    await expect(requests[1]).rejects.toBe('in its tick');
    await turn();
    expect(kernel.requests.map(({ type }) => type)).toEqual([20, 22]);
    aborts[0]?.abort('first');
    aborts[2]?.abort('third');
    await expect(requests[0]).rejects.toBe('first');
    await expect(requests[2]).rejects.toBe('third');
  });

  test('a signal is not listened to any longer than the request lasts', async () => {
    using socket = new FakeKernel(echo).openSocket();
    const listeners = { added: 0, removed: 0 };
    const { signal } = new AbortController();
    const count = (key: keyof typeof listeners, name: 'addEventListener' | 'removeEventListener') => {
      const original = signal[name].bind(signal);
      Object.defineProperty(signal, name, {
        value: (type: 'abort', listener: () => void) => {
          listeners[key] += 1;
          original(type, listener);
        },
      });
    };
    count('added', 'addEventListener');
    count('removed', 'removeEventListener');
    await Promise.all([1, 2, 3].map(() => socket.request({ type: 18 }, { signal })));
    await socket.dump({ type: 18 }, { signal }).toArray();
    expect(listeners.added).toBe(listeners.removed);
  });

  test('close settles requests, dumps that run and wait, batches and subscriptions', async () => {
    using socket = silent().openSocket();
    const waiting: Promise<unknown>[] = [
      socket.request({ type: 18 }),
      socket.request({ type: 18 }),
      socket.dump({ type: 18 }).toArray(),
      socket.dump({ type: 18 }).toArray(),
      socket.dump({ type: 18 })[Symbol.asyncIterator]().next(),
      socket.subscribe({ groups: [1] }).next(),
      socket.subscribe({ groups: [1] }).forEach(() => undefined),
    ];
    const batch = socket.batch().add({ type: 18 }).send();
    socket.close();
    socket.close();
    for (const promise of waiting)
      await expect(promise).rejects.toMatchObject({ code: 'ERR_NETLINK_CLOSED' });
    await expect(batch).resolves.toMatchObject([{ status: 'failed', error: { code: 'ERR_NETLINK_CLOSED' } }]);
    for (const late of [
      () => socket.request({ type: 18 }),
      () => socket.dump({ type: 18 }).toArray(),
      () => socket.batch().send(),
    ]) {
      await expect(late()).rejects.toMatchObject({ code: 'ERR_NETLINK_CLOSED' });
    }
    expect(() => socket.requestSync({ type: 18 })).toThrow(
      expect.objectContaining({ code: 'ERR_NETLINK_CLOSED' }),
    );
    expect(() => socket.subscribe({ groups: [1] })).toThrow(
      expect.objectContaining({ code: 'ERR_NETLINK_CLOSED' }),
    );
  });

  test('an overrun that swallows answers rejects who waits for them', async () => {
    const kernel: FakeKernel = new FakeKernel((request) => {
      if (request.type !== 19) return echo(request);
      kernel.overrun();
      return [];
    });
    using socket = kernel.openSocket();
    const [good, lost] = await Promise.allSettled([
      socket.request({ type: 18 }),
      socket.request({ type: 19 }),
    ]);
    expect(good.status).toBe('fulfilled');
    expect(lost).toMatchObject({ reason: { code: 'ERR_NETLINK_OVERRUN' } });
    await expect(socket.request({ type: 18 })).resolves.toBeDefined();
  });
});

describe('dumps', () => {
  test('as an array, item by item, by batches, synchronously', async () => {
    using socket = new FakeKernel(echo).openSocket();
    expect((await socket.dump({ type: 18 }).toArray()).map(({ payload }) => payload[0])).toEqual([1, 2, 3]);
    const items: (number | undefined)[] = [];
    for await (const { payload } of socket.dump({ type: 18 })) items.push(payload[0]);
    expect(items).toEqual([1, 2, 3]);
    const sizes: number[] = [];
    for await (const batch of socket.dump({ type: 18 }).batches()) sizes.push(batch.length);
    expect(sizes).toEqual([3]);
    expect(socket.dump({ type: 18 }).toArraySync()).toHaveLength(3);
  });

  test('nothing is sent before it is read, and it is read once', async () => {
    const kernel = new FakeKernel(echo);
    using socket = kernel.openSocket();
    const dump = socket.dump({ type: 18 });
    expect(kernel.requests).toHaveLength(0);
    await dump.toArray();
    expect(kernel.requests).toMatchObject([{ flags: NLM_F_REQUEST | NLM_F_ACK | NLM_F_DUMP }]);
    await expect(dump.toArray()).rejects.toMatchObject({
      message: 'a dump can be read only once; ask for another',
    });
    await expect(dump[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: 'ERR_NETLINK_INVALID_ARGUMENT',
    });
  });

  test('a slow consumer holds the kernel up; leaving early lets the rest go by before the next', async () => {
    let made = 0;
    const kernel = new FakeKernel(function* (request) {
      for (let index = 0; index < 1000; index++) {
        made += 1;
        yield datagram(
          ...Array.from({ length: 100 }, () => reply(request, bytes(index & 0xff), { flags: 2 })),
        );
      }
      yield done(request);
    });
    using socket = kernel.openSocket();
    let seen = 0;
    for await (const item of socket.dump({ type: 18 })) {
      expect(item.payload[0]).toBe(0);
      await turn();
      await turn();
      if (++seen === 3) break;
    }
    expect(made).toBeLessThan(600);
    expect(await socket.dump({ type: 18 }).toArray()).toHaveLength(100_000);
    expect(made).toBe(2000);
  });

  test('leaving before the first item sends nothing', async () => {
    const kernel = new FakeKernel(echo);
    using socket = kernel.openSocket();
    await socket.dump({ type: 18 })[Symbol.asyncIterator]().return?.();
    expect(kernel.requests).toEqual([]);
  });

  test('many at once run one after the other, while requests overlap', async () => {
    let running = 0;
    const kernel = new FakeKernel(function* (request) {
      if (!isDump(request.flags)) {
        yield acknowledge(request);
        return;
      }
      expect(++running).toBe(1);
      yield reply(request, bytes(1), { flags: 2 });
      yield reply(request, bytes(2), { flags: 2 });
      running -= 1;
      yield done(request);
    });
    using socket = kernel.openSocket();
    const dumps = Array.from({ length: 32 }, () => socket.dump({ type: 18 }).toArray());
    const requests = Array.from({ length: 100 }, () => socket.request({ type: 16 }));
    expect((await Promise.all(dumps)).map(({ length }) => length)).toEqual(new Array(32).fill(2));
    await expect(Promise.all(requests)).resolves.toHaveLength(100);
  });

  test('an error comes behind the items', async () => {
    using socket = new FakeKernel((request) => [
      reply(request, bytes(1), { flags: 2 }),
      done(request, { errno: 'ENODEV', extack: { message: 'gone' } }),
    ]).openSocket();
    const items: unknown[] = [];
    const read = async () => {
      for await (const item of socket.dump({ type: 18, name: 'RTM_GETLINK' })) items.push(item);
    };
    await expect(read()).rejects.toMatchObject({
      code: 'ENODEV',
      message: 'RTM_GETLINK failed: ENODEV: gone',
    });
    expect(items).toHaveLength(1);
  });

  test('abort while it runs, and then another', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const kernel = new FakeKernel(async (request) => {
      if (request.type === 18) await held;
      return echo(request) ?? [];
    });
    using socket = kernel.openSocket();
    const controller = new AbortController();
    const first = socket.dump({ type: 18 }, { signal: controller.signal }).toArray();
    const second = socket.dump({ type: 19 }).toArray();
    await turn();
    controller.abort('enough');
    await expect(first).rejects.toBe('enough');
    expect(kernel.requests).toHaveLength(1);
    release();
    await expect(second).resolves.toHaveLength(3);
  });

  test('one that is given up and never ends holds up the next only for a while', async () => {
    const kernel = new FakeKernel((request) => (request.type === 18 ? undefined : echo(request)));
    using socket = kernel.openSocket();
    socket.requestTimeout = 20;
    const first = socket.dump({ type: 18 }).toArray();
    const second = socket.dump({ type: 19 }, { timeout: Infinity }).toArray();
    await expect(first).rejects.toMatchObject({ code: 'ERR_NETLINK_TIMEOUT' });
    await expect(second).resolves.toHaveLength(3);
  });
});

describe('dumps that are interrupted', () => {
  /** Interrupted the first `times` times. */
  const interrupted = (times: number) => {
    let left = times;
    return new FakeKernel((request) => [
      datagram(
        reply(request, bytes(left), { flags: left > 0 ? 0x12 : 2 }),
        done(request, { interrupted: left-- > 0 }),
      ),
    ]);
  };

  test('are begun anew for an array', async () => {
    const kernel = interrupted(5);
    using socket = kernel.openSocket();
    const dump = socket.dump({ type: 18 });
    expect((await dump.toArray()).map(({ payload }) => payload[0])).toEqual([0]);
    expect(dump.restarts).toBe(5);
    expect(new Set(kernel.requests.map(({ sequence }) => sequence)).size).toBe(6);
  });

  test('end, after the last restart, with an error that has the data', async () => {
    using socket = interrupted(100).openSocket();
    const dump = socket.dump({ type: 18, name: 'RTM_GETLINK' }, { restarts: 2 });
    await expect(dump.toArray()).rejects.toMatchObject({
      code: 'ERR_NETLINK_DUMP_INTERRUPTED',
      operation: 'RTM_GETLINK',
      partial: [expect.objectContaining({ type: 18 })],
    });
    expect(dump.restarts).toBe(2);
    expect(() => socket.dump({ type: 18 }, { restarts: 0 }).toArraySync()).toThrow(
      expect.objectContaining({ partial: [expect.anything()] }),
    );
  });

  test('in a loop: begun anew unseen while nothing was given', async () => {
    using socket = interrupted(2).openSocket();
    const items: (number | undefined)[] = [];
    for await (const { payload } of socket.dump({ type: 18 })) items.push(payload[0]);
    expect(items).toEqual([0]);
  });

  const long = (interruptedPasses: number) => {
    let pass = 0;
    return new FakeKernel(function* (request) {
      const mine = pass++;
      for (let index = 0; index < 200; index++) {
        yield datagram(...Array.from({ length: 100 }, () => reply(request, bytes(mine), { flags: 2 })));
      }
      yield done(request, { interrupted: mine < interruptedPasses });
    });
  };

  test('in a loop that has items already: told with onRestart, else an error behind the data', async () => {
    using socket = long(1).openSocket();
    let items: (number | undefined)[] = [];
    const restarts: number[] = [];
    const onRestart = (restart: number) => {
      restarts.push(restart);
      items = [];
    };
    for await (const { payload } of socket.dump({ type: 18 }, { onRestart })) items.push(payload[0]);
    expect([restarts, items.length, new Set(items)]).toEqual([[1], 20_000, new Set([1])]);

    using other = long(1).openSocket();
    let count = 0;
    const read = async () => {
      for await (const batch of other.dump({ type: 18 }).batches()) count += batch.length;
    };
    await expect(read()).rejects.toMatchObject({ code: 'ERR_NETLINK_DUMP_INTERRUPTED' });
    expect(count).toBe(20_000);
  });
});

test('a dump leaves out what its decoder gives nothing for', async () => {
  using socket = new FakeKernel(echo).openSocket();
  const odd = {
    name: 'ODD',
    headerLength: 0,
    encode: () => undefined,
    decode: (view: WireView, at: number, end: number) => {
      const value = view.u8(at, end);
      return value % 2 === 1 ? value : undefined;
    },
  };
  expect(
    await socket.executeDump({ operation: odd, type: 18, flags: 0, input: undefined }).toArray(),
  ).toEqual([1, 3]);
});

describe('batches', () => {
  const fifth: Respond = (request) => [
    request.payload[0] === 5 ? refuse(request, 'EEXIST') : acknowledge(request),
  ];
  const encode = () => undefined;
  const decode = (): never => {
    throw new Error('nothing is replied');
  };
  const fill = (batch: Batch, count: number, size = 4) => {
    for (let index = 0; index < count; index++) {
      const payload = new Uint8Array(size);
      payload[0] = index;
      batch.add({ type: 16, name: `message ${index}`, payload });
    }
    return batch;
  };

  test('one datagram, one result each', async () => {
    const kernel = new FakeKernel(fifth);
    using socket = kernel.openSocket();
    const batch = fill(socket.batch(), 10);
    expect([batch.length, batch.byteLength]).toEqual([10, 200]);
    const results = await batch.send();
    expect(results.map(({ status }) => status)).toEqual([
      'done',
      'done',
      'done',
      'done',
      'done',
      'failed',
      'done',
      'done',
      'done',
      'done',
    ]);
    expect(results[5]).toMatchObject({ error: { code: 'EEXIST', operation: 'message 5' } });
    expect(kernel.datagrams).toBe(1);
    await expect(batch.send()).rejects.toMatchObject({ code: 'ERR_NETLINK_INVALID_ARGUMENT' });
    expect(() => batch.add({ type: 16 })).toThrow('the batch was sent already; make another');
  });

  test('several that are filled in turn, and one behind those that were sent', async () => {
    const kernel = new FakeKernel(fifth);
    using socket = kernel.openSocket();
    const [one, two] = [socket.batch(), socket.batch()];
    fill(one, 2);
    fill(two, 3);
    expect([(await one.send()).length, one.byteLength]).toEqual([2, 40]);
    const three = fill(socket.batch(), 4);
    expect((await two.send()).map(({ status }) => status)).toEqual(['done', 'done', 'done']);
    expect((await three.send()).length).toBe(4);
    expect([one.byteLength, two.byteLength, three.byteLength]).toEqual([40, 60, 80]);
    expect(kernel.requests.map(({ payload }) => payload[0])).toEqual([0, 1, 0, 1, 2, 0, 1, 2, 3]);
  });

  test('split by size and by its answers, synchronously too', async () => {
    const kernel = new FakeKernel(fifth);
    using socket = kernel.openSocket();
    expect(await fill(socket.batch(), 200, 1000).send()).toHaveLength(200);
    expect(kernel.datagrams).toBe(Math.ceil(200 / Math.floor(65_536 / 1016)));
    kernel.datagrams = 0;
    expect(fill(socket.batch(), 3000).sendSync()).toHaveLength(3000);
    expect(kernel.datagrams).toBe(Math.ceil(3000 / 195));
    kernel.datagrams = 0;
    const silent = socket.batch();
    const operation = { name: 'RTM_TEST', headerLength: 0, encode, decode, onlyAcknowledged: true };
    for (let index = 0; index < 3000; index++) silent.addOperation(operation, 16, 0, undefined);
    expect((await silent.send()).every(({ status }) => status === 'done')).toBe(true);
    expect(kernel.datagrams).toBe(Math.ceil(3000 / 1024));
  });

  test('with the last of each datagram acknowledged', async () => {
    const kernel = new FakeKernel((request) => {
      if (request.payload[0] === 5) return [refuse(request, 'EEXIST')];
      return (request.flags & NLM_F_ACK) === 0 ? [] : [acknowledge(request)];
    });
    using socket = kernel.openSocket();
    const results = await fill(socket.batch({ acknowledge: 'last' }), 8).send();
    expect(results.map(({ status }) => status)).toEqual([
      'done',
      'done',
      'done',
      'done',
      'done',
      'failed',
      'done',
      'done',
    ]);
    expect(kernel.requests.map(({ flags }) => flags & NLM_F_ACK)).toEqual([0, 0, 0, 0, 0, 0, 0, NLM_F_ACK]);
  });

  test('with no acknowledgement behind a last message that is replied to, and with one behind all others', async () => {
    const kernel = new FakeKernel((request) => {
      const replies = request.type === 18 ? [reply(request, new Uint8Array([1]))] : [];
      return (request.flags & NLM_F_ACK) === 0 ? replies : [...replies, acknowledge(request)];
    });
    using socket = kernel.openSocket();
    const read = { type: 18, end: 'reply' } as const;
    const acknowledged = async (...messages: RequestMessage[]) => {
      kernel.requests.length = 0;
      const batch = socket.batch({ acknowledge: 'last' });
      for (const message of messages) batch.add(message);
      const results = await batch.send();
      expect(results.map(({ status }) => status)).toEqual(messages.map(() => 'done'));
      return kernel.requests.map(({ flags }) => (flags & NLM_F_ACK) !== 0);
    };
    expect(await acknowledged(read, { type: 16 }, read)).toEqual([false, false, false]);
    expect(await acknowledged(read, { type: 16 })).toEqual([false, true]);
    expect(await acknowledged({ ...read, flags: NLM_F_ACK })).toEqual([true]);
    expect(await acknowledged({ type: 18 })).toEqual([true]);
  });

  test('a signal leaves out the parts that are not sent yet', async () => {
    const controller = new AbortController();
    const kernel = new FakeKernel((request) => {
      controller.abort();
      return [acknowledge(request)];
    });
    using socket = kernel.openSocket();
    const results = await fill(socket.batch({ signal: controller.signal }), 1000).send();
    expect(kernel.datagrams).toBe(1);
    const sent = kernel.requests.length;
    expect(results.map(({ status }) => status)).toEqual(
      Array.from({ length: 1000 }, (_, index) => (index < sent ? 'done' : 'skipped')),
    );
  });

  test('stopOnError sends nothing behind the first failure', async () => {
    for (const how of ['send', 'sendSync'] as const) {
      const kernel = new FakeKernel(fifth);
      using socket = kernel.openSocket();
      const results = await fill(socket.batch({ stopOnError: true }), 8)[how]();
      expect(results.map(({ status }) => status)).toEqual([
        'done',
        'done',
        'done',
        'done',
        'done',
        'failed',
        'skipped',
        'skipped',
      ]);
      expect(kernel.requests).toHaveLength(6);
    }
  });

  test('answers that come late, and an empty batch', async () => {
    const kernel = new FakeKernel((request) => Promise.resolve(fifth(request) ?? []));
    using socket = kernel.openSocket();
    expect((await fill(socket.batch(), 3).send()).map(({ status }) => status)).toEqual([
      'done',
      'done',
      'done',
    ]);
    expect(await socket.batch().send()).toEqual([]);
  });

  test('replies are what each operation reads; one that cannot be read fails alone', async () => {
    const kernel = new FakeKernel((request) => [
      reply(request, bytes(request.type, 0, 0, 0)),
      acknowledge(request),
    ]);
    using socket = kernel.openSocket();
    const operation = (factor: number) => ({
      name: `TIMES_${factor}`,
      headerLength: 0,
      encode: () => undefined,
      decode: (view: WireView, offset: number, end: number) => {
        if (factor === 0) throw new Error('unreadable');
        return factor * view.u8(offset, end);
      },
    });
    const batch = socket.batch<number>();
    for (const factor of [1, 0, 3]) batch.addOperation(operation(factor), 20 + factor, 0, undefined);
    expect(await batch.send()).toEqual([
      { status: 'done', replies: [21], extack: undefined },
      {
        status: 'failed',
        error: expect.objectContaining({ code: 'ERR_NETLINK_MALFORMED', operation: 'TIMES_0' }),
      },
      { status: 'done', replies: [69], extack: undefined },
    ]);
  });

  test('a value that cannot be encoded leaves the batch as it was', async () => {
    const kernel = new FakeKernel(fifth);
    using socket = kernel.openSocket();
    const batch = socket.batch<number | undefined>();
    const operation = {
      name: 'BAD',
      headerLength: 0,
      decode: () => undefined,
      encode: (writer: { u8(type: number, value: number): void }, value: number) => writer.u8(1, value),
    };
    expect(() => batch.addOperation(operation, 16, 0, 300)).toThrow(
      'attribute 1: 300 must be an integer from 0 to 255',
    );
    batch.addOperation(operation, 16, 0, 30).addOperation(operation, 16, 0, 31);
    expect(batch.length).toBe(2);
    expect(await batch.send()).toHaveLength(2);
  });

  /** nfnetlink: begin and end around the messages, errors only, a barrier behind. */
  const netfilter =
    (fails: (type: number) => boolean): Respond =>
    (request) => {
      if (fails(request.type)) return [refuse(request, 'ENOENT')];
      return (request.flags & NLM_F_ACK) === 0 ? [] : [acknowledge(request)];
    };

  test('a netfilter transaction has begin, end and a barrier, and succeeds as a whole', async () => {
    const kernel = new FakeKernel(netfilter(() => false));
    using socket = kernel.openSocket({ protocol: 12 });
    const results = await fill(socket.batch({ transaction: { subsystem: 10, generation: 7 } }), 3).send();
    expect(results.map(({ status }) => status)).toEqual(['done', 'done', 'done']);
    expect(kernel.requests.map(({ type }) => type)).toEqual([16, 16, 16, 16, 17, 1]);
    expect(kernel.requests[0]?.payload).toEqual(bytes(0, 0, 0, 10, 8, 0, 1, 0, 0, 0, 0, 7));
    expect(kernel.requests.map(({ flags }) => flags & NLM_F_ACK)).toEqual([0, 0, 0, 0, 0, NLM_F_ACK]);
    expect(kernel.datagrams).toBe(2);
  });

  test('or is undone as a whole', async () => {
    const kernel = new FakeKernel((request) =>
      netfilter(() => request.payload[0] === 1 && request.type === 20)(request),
    );
    using socket = kernel.openSocket({ protocol: 12 });
    const batch = socket.batch({ transaction: { subsystem: 10 } });
    for (const value of [0, 1, 2]) batch.add({ type: 20, payload: bytes(value, 0, 0, 0) });
    expect(batch.length).toBe(3);
    expect((await batch.send()).map(({ status }) => status)).toEqual(['undone', 'failed', 'undone']);
  });

  test('or is refused at its beginning', async () => {
    let count = 0;
    using socket = new FakeKernel((request) => netfilter(() => count++ === 0)(request)).openSocket({
      protocol: 12,
    });
    const results = await fill(socket.batch({ transaction: { subsystem: 10 } }), 2).send();
    const failed = { status: 'failed', error: { code: 'ENOENT', operation: 'NFNL_MSG_BATCH_BEGIN' } };
    expect(results).toMatchObject([failed, failed]);
  });
});
