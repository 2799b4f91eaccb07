// What users and peers of a socket can do wrong: every promise settles within its time-out, and the queue moves on.
import { describe, expect, test } from '@jest/globals';
import type { NetlinkSocket, RequestMessage } from 'afnetlink';
import { NLM_F_DUMP, type WireView } from 'afnetlink/wire';
import {
  acknowledge,
  datagram,
  done,
  FakeKernel,
  message,
  multipart,
  reply,
  type Respond,
} from 'afnetlink/testing';
import { runInProcess } from '../helpers/processes.js';

const bytes = (...values: number[]) => new Uint8Array(values);
const isDump = (flags: number) => (flags & NLM_F_DUMP) === NLM_F_DUMP;
const TIMEOUT = 400;

/** The first dump ends without its DONE, others are whole. */
function endless(end: Uint8Array[]): Respond {
  let dumps = 0;
  return (request) => {
    if (!isDump(request.flags)) return [datagram(acknowledge(request))];
    dumps += 1;
    const items = multipart(request, [bytes(1), bytes(2)]);
    return dumps === 1 ? [datagram(...items.slice(0, -1)), ...end] : [datagram(...items)];
  };
}

function open(respond: Respond): NetlinkSocket {
  const socket = new FakeKernel(respond).openSocket();
  socket.requestTimeout = TIMEOUT;
  return socket;
}

const outcome = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'done',
    (error: unknown) => (error as { code?: string }).code ?? String(error),
  );

/** Many datagrams of one item each. */
const long: Respond = (request) => {
  if (!isDump(request.flags)) return [datagram(acknowledge(request))];
  const items = multipart(
    request,
    Array.from({ length: 2000 }, (_, index) => bytes(index & 255)),
  );
  return items.map((item) => datagram(item));
};

describe('a dump that never ends', () => {
  test.each([
    ['silent', []],
    ['a lying length', [new Uint8Array([255, 255, 0, 0, 18, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0])]],
  ])('%s: it fails, and the next one runs', async (_name, end) => {
    using socket = open(endless(end));
    const first = outcome(socket.dump({ type: 18 }).toArray());
    const second = socket.dump({ type: 18 }, { timeout: 4 * TIMEOUT }).toArray();
    expect(await first).toBe('ERR_NETLINK_TIMEOUT');
    expect(await second).toHaveLength(2);
  });

  test('a broken message of its own fails it at once, and the next one runs within its own time-out', async () => {
    let dumps = 0;
    using socket = open((request) => {
      dumps += 1;
      const whole = datagram(...multipart(request, [bytes(1), bytes(2)]));
      if (dumps > 1) return [whole];
      new DataView(whole.buffer).setUint32(0, 9999, true);
      return [whole];
    });
    const results = [socket.dump({ type: 18 }).toArray(), socket.dump({ type: 18 }).toArray()].map(outcome);
    expect(await Promise.all(results)).toEqual(['ERR_NETLINK_MALFORMED', 'done']);
  });

  test('blocking calls move on too', () => {
    using socket = open(endless([]));
    expect(() => socket.dump({ type: 18 }).toArraySync()).toThrow('no answer came');
    expect(socket.dump({ type: 18 }).toArraySync()).toHaveLength(2);
  });
});

describe('iterators', () => {
  test('a dump that its reader does not read gives way to the next', async () => {
    using socket = open((request) => {
      const items = multipart(
        request,
        Array.from({ length: 200_000 }, () => bytes(1)),
      );
      const datagrams = [];
      for (let at = 0; at < items.length; at += 1000) datagrams.push(datagram(...items.slice(at, at + 1000)));
      return datagrams;
    });
    const unread = socket.dump({ type: 18 }).batches();
    await unread.next();
    expect(await outcome(socket.dump({ type: 18 }).toArray())).toBe('done');
    const rest = (async () => {
      for await (const batch of unread) expect(batch).not.toEqual([]);
    })();
    await expect(rest).rejects.toMatchObject({ code: 'ERR_NETLINK_TIMEOUT' });
  });

  test('a small one is received into memory instead, and nothing of it is lost', async () => {
    using socket = open(long);
    const paused = socket.dump({ type: 18 })[Symbol.asyncIterator]();
    await paused.next();
    expect(await socket.dump({ type: 18 }).toArray()).toHaveLength(2000);
    let count = 1;
    while ((await paused.next()).done !== true) count += 1;
    expect(count).toBe(2000);
  });

  test.each(['items', 'batches'])('calls at the same time queue: %s', async (kind) => {
    using socket = open(long);
    const dump = socket.dump({ type: 18 });
    const iterator: AsyncIterator<unknown> = kind === 'items' ? dump[Symbol.asyncIterator]() : dump.batches();
    const results = await Promise.all(Array.from({ length: 2500 }, () => iterator.next()));
    const values = results.flatMap((result) => (result.done === true ? [] : [result.value])).flat();
    expect(values.map((value) => (value as { payload: Uint8Array }).payload[0])).toEqual(
      Array.from({ length: 2000 }, (_, index) => index & 255),
    );
    expect(results.at(-1)).toEqual({ done: true, value: undefined });
  });

  test('an onRestart that throws ends the dump, and the next one runs', async () => {
    let dumps = 0;
    using socket = open((request) => {
      dumps += 1;
      const flags = dumps === 1 ? 0x10 | 0x02 : 0x02;
      const item = (value: number) => reply(request, bytes(value, 0, 0, 0), { flags });
      return [datagram(item(1)), datagram(item(2)), datagram(done(request))];
    });
    const onRestart = () => {
      throw new Error('from onRestart');
    };
    const loop = (async () => {
      for await (const batch of socket.dump({ type: 18 }, { onRestart }).batches())
        expect(batch).not.toEqual([]);
    })();
    await expect(loop).rejects.toThrow('from onRestart');
    expect(await outcome(socket.dump({ type: 18 }).toArray())).toBe('done');
  });

  test('one that is forgotten frees its dump, and a queued promise keeps the process alive', async () => {
    const script = `
      const { FakeKernel, datagram, multipart } = require('afnetlink/testing');
      const kernel = new FakeKernel((request) =>
        multipart(request, Array.from({ length: 200000 }, () => new Uint8Array(4))).map((one) => datagram(one)));
      const socket = kernel.openSocket();
      (async () => {
        await socket.dump({ type: 18 }).batches().next();
        setTimeout(() => gc(), 100).unref();
        const items = await socket.dump({ type: 19 }, { timeout: Infinity }).toArray();
        console.log('items', items.length);
        socket.close();
      })();`;
    const { stdout, status } = await runInProcess(script, { nodeArguments: ['--expose-gc'] });
    expect([status, stdout.trim()]).toEqual([0, 'items 200000']);
  });
});

describe('code of the caller that is called in the middle', () => {
  const actions: Record<string, (socket: NetlinkSocket, pending: Promise<unknown>[]) => void> = {
    close: (socket) => socket.close(),
    request: (socket, pending) => void pending.push(socket.request({ type: 18, payload: bytes(9, 0, 0, 0) })),
    requestSync: (socket) => void socket.requestSync({ type: 18 }),
    dump: (socket, pending) => void pending.push(socket.dump({ type: 18 }).toArray()),
    batch: (socket, pending) => void pending.push(socket.batch().add({ type: 18 }).send()),
    send: (socket) => void socket.send({ payload: bytes(1, 2, 3, 4) }),
    throw: () => {
      throw new Error('from the caller');
    },
  };
  type Hook = (socket: NetlinkSocket, act: () => void) => Promise<unknown>;
  const operation = (act: () => void, where: 'decode' | 'encode' | 'joinReplies') => ({
    name: 'TEST',
    headerLength: 0,
    attributes: {},
    encode: () => where === 'encode' && act(),
    decode: (view: WireView, at: number) => {
      if (where === 'decode') act();
      return view.data.getUint8(at);
    },
    joinReplies: (first: unknown) => {
      if (where === 'joinReplies') act();
      return first;
    },
  });
  const call = (act: () => void, where: 'decode' | 'encode' | 'joinReplies') => ({
    operation: operation(act, where) as never,
    type: 18,
    flags: 0,
    input: undefined,
  });
  const getter = (name: string, act: () => void, values: object): object =>
    Object.defineProperty({ ...values }, name, { enumerable: true, get: () => act() });
  const hooks: Record<string, Hook> = {
    'a getter in a message': (socket, act) =>
      socket.request(getter('payload', act, { type: 18 }) as RequestMessage),
    'a name': (socket, act) => socket.request(getter('name', act, { type: 18 }) as RequestMessage),
    'a getter in options': (socket, act) => socket.request({ type: 18 }, getter('timeout', act, {})),
    'a signal': (socket, act) => socket.request({ type: 18 }, getter('signal', act, {})),
    encode: (socket, act) => socket.execute(call(act, 'encode')),
    decode: (socket, act) => socket.execute(call(act, 'decode')),
    joinReplies: (socket, act) => socket.execute(call(act, 'joinReplies')),
    'the decoder of a dump': (socket, act) => socket.executeDump(call(act, 'decode')).toArray(),
    'the encoder of a dump': (socket, act) =>
      Promise.resolve().then(() => socket.executeDump(call(act, 'encode')).toArray()),
    'a proxy': (socket, act) =>
      socket.request(
        new Proxy(
          { type: 18 },
          { get: (target, name) => (name === 'flags' ? act() : (Reflect.get(target, name) as unknown)) },
        ),
      ),
    'the fourth of many': async (socket, act) => {
      const many = [1, 2, 3].map(() => socket.request({ type: 18 }));
      await Promise.allSettled([...many, socket.execute(call(act, 'decode')), socket.request({ type: 18 })]);
    },
    'a batch': async (socket, act) => {
      const batch = socket.batch<number>();
      batch.addOperation(operation(act, 'encode'), 18, 0, undefined as never);
      return batch.send();
    },
    'the decoder of a batch': (socket, act) => {
      const batch = socket.batch<number>();
      batch.addOperation(operation(act, 'decode'), 18, 0, undefined as never);
      return batch.send();
    },
  };
  const respond: Respond = (request) =>
    isDump(request.flags)
      ? [datagram(...multipart(request, [bytes(1), bytes(2)]))]
      : [datagram(reply(request, bytes(5, 0, 0, 0))), datagram(acknowledge(request))];

  const cases = Object.keys(hooks).flatMap((hook) =>
    Object.keys(actions).map((action) => [hook, action] as const),
  );
  test.each(cases)('%s that does %s leaves nothing pending', async (hook, action) => {
    using socket = open(respond);
    const pending: Promise<unknown>[] = [];
    let acted = false;
    const act = () => {
      if (acted) return;
      acted = true;
      actions[action]?.(socket, pending);
    };
    let first: Promise<unknown>;
    try {
      first = hooks[hook]?.(socket, act) ?? Promise.resolve();
    } catch (error) {
      first = Promise.resolve(error);
    }
    const late = new Promise((resolve) => setTimeout(resolve, 4 * TIMEOUT, 'pending').unref());
    const settled = Promise.allSettled([first, ...pending]);
    expect(await Promise.race([settled, late])).not.toBe('pending');
    const more = Promise.allSettled(pending);
    expect(await Promise.race([more, late])).not.toBe('pending');
    expect(acted).toBe(true);
    if (!socket.closed) expect(await outcome(socket.request({ type: 18 }))).toBe('done');
  });

  test('a subscription makes whatever a decoder throws a malformed item', async () => {
    const kernel = new FakeKernel(() => []);
    using socket = kernel.openSocket();
    const thrown = [new RangeError('stack'), 'text', undefined, Object.create(null) as object];
    const subscription = socket.subscribeDecoded({ groups: [1] }, () => {
      throw thrown.shift() as Error;
    });
    for (let index = 0; index < 4; index++) {
      const item = subscription.next();
      kernel.emit(1, message({ type: 18 }));
      expect((await item).value).toMatchObject({ kind: 'malformed' });
    }
    await subscription.return();
  });

  test('a decoder that throws a value without a text rejects its own request only', async () => {
    using socket = open(respond);
    const odd = operation(() => {
      throw Object.create(null) as Error;
    }, 'decode') as never;
    const results = [
      socket.request({ type: 18 }),
      socket.execute({ operation: odd, type: 18, flags: 0, input: undefined }),
      socket.request({ type: 18 }),
    ].map(outcome);
    expect(await Promise.all(results)).toEqual(['done', 'ERR_NETLINK_MALFORMED', 'done']);
  });
});

describe('arguments', () => {
  const invalid = { code: 'ERR_NETLINK_INVALID_ARGUMENT' };
  test.each([['5'], [NaN], [0], [-1], [{}], [null]])('timeout %p is refused', async (timeout) => {
    using socket = open(long);
    await expect(socket.request({ type: 18 }, { timeout: timeout as number })).rejects.toMatchObject(invalid);
    expect(() => socket.dump({ type: 18 }, { timeout: timeout as number })).toThrow(
      expect.objectContaining(invalid),
    );
  });

  test.each([[70_000], [-1], [1.5], [NaN], ['1']])(
    'type and flags %p are refused at every floor',
    async (value) => {
      const kernel = new FakeKernel(long);
      using socket = kernel.openSocket();
      const odd = value as number;
      await expect(socket.request({ type: odd })).rejects.toMatchObject(invalid);
      await expect(socket.request({ type: 18, flags: odd })).rejects.toMatchObject(invalid);
      const operation = {
        name: 'T',
        headerLength: 0,
        attributes: {},
        encode: () => undefined,
        decode: () => 1,
      };
      await expect(
        socket.execute({ operation: operation, type: 18, flags: odd, input: undefined }),
      ).rejects.toMatchObject(invalid);
      for (const key of ['type', 'flags', 'sequence', 'portId']) {
        if (odd === 70_000 && (key === 'sequence' || key === 'portId')) continue;
        expect(() => socket.send({ [key]: odd })).toThrow(expect.objectContaining(invalid));
      }
      expect(kernel.datagrams).toBe(0);
    },
  );

  test('payloads of every view are sent as their bytes, anything else is refused', async () => {
    const kernel = new FakeKernel((request) => [datagram(acknowledge(request))]);
    using socket = kernel.openSocket();
    const memory = Uint8Array.from({ length: 16 }, (_, index) => index + 1).buffer;
    const views = [
      memory,
      new Uint16Array(memory),
      new DataView(memory),
      new Float64Array(memory),
      new Uint8Array(memory),
    ];
    for (const payload of views) {
      socket.send({ payload });
      socket.sendMany([{ payload }]);
      await socket.sendAsync({ payload });
      await socket.request({ type: 18, payload });
    }
    expect(kernel.requests).toHaveLength(4 * views.length);
    for (const { payload } of kernel.requests) expect(payload).toEqual(new Uint8Array(memory));
    const large = new Float64Array(2000).fill(1.5);
    socket.send({ payload: large });
    expect(kernel.requests.at(-1)?.payload).toEqual(new Uint8Array(large.buffer));
    const sent = kernel.datagrams;
    for (const payload of ['text', [1, 2], {}, 5, null] as unknown as Uint8Array[]) {
      expect(() => socket.send({ payload })).toThrow('send: payload must be bytes');
      expect(() => socket.sendMany([{ payload }])).toThrow('sendMany: payload must be bytes');
      expect(() => socket.sendDatagram(payload)).toThrow('sendDatagram: bytes must be bytes');
      await expect(socket.sendAsync({ payload })).rejects.toThrow('payload must be bytes');
      await expect(socket.request({ type: 18, payload })).rejects.toThrow('request: payload must be bytes');
      await expect(socket.receive({ into: payload })).rejects.toThrow('receive: into must be bytes');
    }
    expect(kernel.datagrams).toBe(sent);
  });
});

test('one signal for many calls has one listener, and none when they are settled', async () => {
  const { signal } = new AbortController();
  let listeners = 0;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...given: Parameters<typeof add>) => {
    listeners += 1;
    add(...given);
  };
  signal.removeEventListener = (...given: Parameters<typeof remove>) => {
    listeners -= 1;
    remove(...given);
  };
  using socket = open(() => undefined);
  const pending = Array.from({ length: 50 }, () => outcome(socket.request({ type: 18 }, { signal })));
  await new Promise((resolve) => setImmediate(resolve));
  expect(listeners).toBe(1);
  expect(new Set(await Promise.all(pending))).toEqual(new Set(['ERR_NETLINK_TIMEOUT']));
  expect(listeners).toBe(0);
});
