import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import type { Message, NetlinkSocket } from 'afnetlink';
import type { DatagramBatch } from 'afnetlink/types';
import { runInProcess } from '../helpers/processes.js';
import { NETLINK_ROUTE, open, openPair } from '../helpers/sockets.js';

const failed = (code: string) => expect.objectContaining({ code });

/** Resolves when `count` datagrams have come, with a copy of each. */
function collect(socket: NetlinkSocket, count: number): Promise<Uint8Array[]> {
  return new Promise((resolve) => {
    const copies: Uint8Array[] = [];
    const stop = socket.onDatagrams((batch) => {
      for (let index = 0; index < batch.count; index++) {
        const offset = batch.offset(index);
        copies.push(batch.bytes(index).slice(offset, offset + batch.length(index)));
      }
      if (copies.length < count) return;
      stop();
      resolve(copies);
    });
  });
}

describe('onDatagrams', () => {
  test('gives borrowed batches of at most 64, in order', async () => {
    const [sender, receiver] = openPair();
    const batches: number[] = [];
    const first: number[] = [];
    await new Promise<void>((resolve) => {
      const stop = receiver.onDatagrams((batch) => {
        batches.push(batch.count);
        for (let index = 0; index < batch.count; index++) {
          expect(batch.portId(index)).toBe(sender.portId);
          expect(batch.group(index)).toBe(0);
          expect(batch.trueLength(index)).toBe(20);
          first.push(batch.words(index)[batch.offset(index) / 4 + 4] ?? -1);
        }
        if (first.length < 200) return;
        stop();
        resolve();
      });
      for (let number = 0; number < 200; number++) {
        sender.send({
          payload: new Uint8Array(Int32Array.of(number).buffer),
          to: { portId: receiver.portId },
        });
      }
    });
    expect(first).toEqual(Array.from({ length: 200 }, (_, index) => index));
    expect(batches).toEqual([64, 64, 64, 8]);
  });

  test('gives datagrams that are no messages, and ones longer than a slot, whole', async () => {
    const [sender, receiver] = openPair();
    const sent = [1, 5, 32_767, 32_768, 32_769, 32_770, 65_536, 150_001].map((length) =>
      Uint8Array.from({ length }, (_, index) => index * 13 + length),
    );
    const copies = collect(receiver, sent.length);
    receiver.setOption('receiveBufferSize', 4 << 20);
    for (const bytes of sent) sender.sendDatagram(bytes, { portId: receiver.portId });
    expect(await copies).toEqual(sent);
  });

  test('reports a datagram that fits nowhere, and takes the next one of its length', async () => {
    const [sender, receiver] = openPair();
    sender.setOption('sendBufferSize', 4 << 20);
    const sent = Uint8Array.from({ length: 1_000_000 }, (_, index) => index * 13);
    const lengths: [number, boolean, boolean][] = [];
    await new Promise<void>((resolve) => {
      const stop = receiver.onDatagrams((batch) => {
        const whole =
          Buffer.compare(batch.bytes(0).subarray(0, sent.length), sent) === 0 && batch.offset(0) === 0;
        lengths.push([batch.trueLength(0), batch.truncated(0), whole]);
        if (lengths.length === 1) sender.sendDatagram(sent, { portId: receiver.portId });
        else {
          stop();
          resolve();
        }
      });
      sender.sendDatagram(sent, { portId: receiver.portId });
    });
    expect(lengths).toEqual([
      [1_000_000, true, false],
      [1_000_000, false, true],
    ]);
  });

  test('a batch stays as it is while its listener exchanges on other sockets', async () => {
    const [sender, receiver] = openPair();
    const [other, another] = openPair();
    sender.send({ type: 11, to: { portId: receiver.portId } });
    await new Promise<void>((resolve) => {
      const stop = receiver.onDatagrams((batch) => {
        other.send({ type: 22, to: { portId: another.portId } });
        expect(another.receiveSync().type).toBe(22);
        expect((batch.words(0)[batch.offset(0) / 4 + 1] ?? 0) & 0xffff).toBe(11);
        stop();
        resolve();
      });
    });
  });

  test('memory that a listener gives away is replaced', async () => {
    const [sender, receiver] = openPair();
    for (let round = 0; round < 3; round++) {
      const lent: DatagramBatch[] = [];
      const given = collect(receiver, 1);
      sender.send({ type: 11, to: { portId: receiver.portId } });
      await given;
      await new Promise<void>((resolve) => {
        const stop = receiver.onDatagrams((batch) => {
          lent.push(batch);
          structuredClone(batch.bytes(0).buffer, { transfer: [batch.bytes(0).buffer] });
          stop();
          resolve();
        });
        sender.send({ type: 12, to: { portId: receiver.portId } });
      });
      expect(lent).toHaveLength(1);
      sender.send({ type: 13, to: { portId: receiver.portId } });
      expect((await receiver.receive()).type).toBe(13);
    }
  });

  test('runs in the async context of its caller', async () => {
    const [sender, receiver] = openPair();
    const storage = new AsyncLocalStorage<string>();
    const seen = storage.run(
      'the caller',
      () =>
        new Promise((resolve) => {
          receiver.onDatagrams(() => resolve(storage.getStore()));
        }),
    );
    sender.send({ to: { portId: receiver.portId } });
    expect(await seen).toBe('the caller');
  });

  test('keeps that context over a garbage collection', async () => {
    const collect = `
      const { AsyncLocalStorage } = require('node:async_hooks');
      const { openSocket } = require('afnetlink');
      const storage = new AsyncLocalStorage();
      const [sender, receiver] = [openSocket({ protocol: 2 }), openSocket({ protocol: 2 })];
      storage.run('the caller', () => receiver.onDatagrams(() => {
        console.log(storage.getStore());
        receiver.close();
      }));
      setImmediate(() => {
        globalThis.gc();
        sender.send({ to: { portId: receiver.portId } });
      });`;
    expect(await runInProcess(collect, { nodeArguments: ['--expose-gc'] })).toMatchObject({
      status: 0,
      stdout: 'the caller\n',
    });
  });

  test('receive keeps its caller’s async context, too', async () => {
    const [sender, receiver] = openPair();
    const storage = new AsyncLocalStorage<number>();
    const stores = [1, 2].map((store) =>
      storage.run(store, async () => {
        await receiver.receive();
        return storage.getStore();
      }),
    );
    await sleep(1);
    sender.send({ to: { portId: receiver.portId } });
    sender.send({ to: { portId: receiver.portId } });
    expect(await Promise.all(stores)).toEqual([1, 2]);
  });

  test('goes alone: no second listener, no receive beside it', async () => {
    const socket = open();
    const stop = socket.onDatagrams(() => undefined);
    expect(() => socket.onDatagrams(() => undefined)).toThrow(failed('ERR_NETLINK_INVALID_ARGUMENT'));
    await expect(socket.receive()).rejects.toMatchObject({ code: 'ERR_NETLINK_INVALID_ARGUMENT' });
    expect(() => socket.receiveSync()).toThrow(failed('ERR_NETLINK_INVALID_ARGUMENT'));
    stop();
    stop();
    const pending = socket.receive();
    expect(() => socket.onDatagrams(() => undefined)).toThrow(failed('ERR_NETLINK_INVALID_ARGUMENT'));
    socket.close();
    await expect(pending).rejects.toMatchObject({ code: 'ERR_NETLINK_CLOSED' });
  });

  test('a socket may be closed in its own listener', async () => {
    const [sender, receiver] = openPair();
    await new Promise<void>((resolve) => {
      receiver.onDatagrams(() => {
        receiver.close();
        resolve();
      });
      sender.send({ to: { portId: receiver.portId } });
    });
    expect(receiver.closed).toBe(true);
  });

  test('what a listener throws is an uncaught exception, and the socket goes on', async () => {
    const result = await runInProcess(`
      const { openSocket } = require('afnetlink');
      const [a, b] = [openSocket({ protocol: 2 }), openSocket({ protocol: 2 })];
      let calls = 0;
      process.on('uncaughtException', (error) => console.log('uncaught', error.message));
      b.onDatagrams(() => {
        calls += 1;
        if (calls < 3) { a.send({ to: { portId: b.portId } }); throw new Error('number ' + calls); }
        b.close();
      });
      a.send({ to: { portId: b.portId } });
    `);
    expect(result).toMatchObject({ status: 0, stdout: 'uncaught number 1\nuncaught number 2\n', stderr: '' });
  });

  test('without a handler, it ends the process as any exception does', async () => {
    const result = await runInProcess(`
      const { openSocket } = require('afnetlink');
      const [a, b] = [openSocket({ protocol: 2 }), openSocket({ protocol: 2 })];
      b.onDatagrams(() => { throw new Error('deliberate'); });
      a.send({ to: { portId: b.portId } });
    `);
    expect(result).toMatchObject({ status: 1, signal: null });
    expect(result.stderr).toMatch(/error: deliberate/i);
  });
});

describe('back-pressure', () => {
  test('a consumer that stops leaves the queue in the kernel', async () => {
    const [sender, receiver] = openPair();
    const to = { portId: receiver.portId };
    sender.send({ type: 1, to });
    expect((await receiver.receive()).type).toBe(1);
    const pending = receiver.receive();
    for (let type = 2; type < 12; type++) sender.send({ type, to });
    expect((await pending).type).toBe(2);
    await sleep(5);
    const queued = receiver.memory().receiveQueued;
    await sleep(5);
    expect(receiver.memory().receiveQueued).toBe(queued);
    expect(queued).toBeGreaterThan(0);
    for (let type = 3; type < 12; type++) expect((await receiver.receive()).type).toBe(type);
    expect(receiver.memory().receiveQueued).toBe(0);
  });

  test('work in one turn of the loop is bounded', async () => {
    const [sender, receiver] = openPair();
    for (let count = 0; count < 256; count++) sender.send({ to: { portId: receiver.portId } });
    const turns: number[] = [];
    let received = 0;
    await new Promise<void>((resolve) => {
      const count = () => {
        turns.push(received);
        if (received < 256) setImmediate(count);
        else {
          stop();
          resolve();
        }
      };
      setImmediate(count);
      const stop = receiver.onDatagrams((batch) => (received += batch.count));
    });
    const steps = turns.map((value, index) => value - (turns[index - 1] ?? 0));
    expect(Math.max(...steps)).toBeLessThanOrEqual(64);
  });
});

describe('malformed datagrams', () => {
  test.each([
    ['too short for a header', Uint8Array.of(1, 2, 3)],
    ['a length below the header', new Uint8Array(Uint32Array.of(8, 0, 0, 0).buffer)],
    ['a length beyond the end', new Uint8Array(Uint32Array.of(20, 0, 0, 0).buffer)],
    ['a length that would wrap', new Uint8Array(Uint32Array.of(0xffffffff, 0, 0, 0).buffer)],
  ])('%s: rejected, and the next message comes', async (_name, bytes) => {
    const [sender, receiver] = openPair();
    const to = { portId: receiver.portId };
    sender.sendDatagram(bytes, to);
    sender.send({ type: 40, to });
    await expect(receiver.receive()).rejects.toMatchObject({ code: 'ERR_NETLINK_MALFORMED' });
    expect((await receiver.receive()).type).toBe(40);
  });

  test('the messages before them are given', async () => {
    const [sender, receiver] = openPair();
    const words = Uint32Array.of(16, 70, 0, 0, 12);
    sender.sendDatagram(new Uint8Array(words.buffer), { portId: receiver.portId });
    expect((await receiver.receive()).type).toBe(70);
    await expect(receiver.receive()).rejects.toMatchObject({ code: 'ERR_NETLINK_MALFORMED' });
  });

  test('an unaligned last message is none of them', async () => {
    const [sender, receiver] = openPair();
    const bytes = new Uint8Array(16 + 17);
    new DataView(bytes.buffer).setUint32(0, 16, true);
    new DataView(bytes.buffer).setUint32(16, 17, true);
    bytes[32] = 9;
    sender.sendDatagram(bytes, { portId: receiver.portId });
    expect((await receiver.receive()).payload).toEqual(new Uint8Array(0));
    expect((await receiver.receive()).payload).toEqual(Uint8Array.of(9));
  });
});

describe('large messages', () => {
  const sent = [20_000, 20_000, 40_000, 150_001, 150_001, 16, 20_000, 9_000, 30_000].map((length) =>
    Uint8Array.from({ length }, (_, index) => index * 17 + length),
  );

  test('last, whatever length the next one has', async () => {
    const [sender, receiver] = openPair();
    const received: Uint8Array[] = [];
    for (const payload of sent) {
      sender.send({ payload, to: { portId: receiver.portId } });
      received.push(receiver.receiveSync().payload);
      const next = receiver.receive();
      sender.send({ payload, to: { portId: receiver.portId } });
      received.push((await next).payload);
    }
    expect(received).toEqual(sent.flatMap((payload) => [payload, payload]));
  });

  const payloadsOf = (length: number): [string, Uint8Array][] => {
    const bytes = Uint8Array.from({ length: length + 10 }, (_, index) => index * 23);
    const shared = new Uint8Array(new SharedArrayBuffer(length));
    shared.set(bytes.subarray(0, length));
    return [
      ['a part of more', bytes.subarray(5, 5 + length)],
      ['a Buffer', Buffer.from(bytes.buffer, 3, length)],
      ['shared memory', shared],
    ];
  };

  test.each([8_191, 8_192, 8_193, 20_001, 100_000].flatMap(payloadsOf))(
    'are sent from %s, to whom they are for, and traced whole',
    (_, payload) => {
      const receiver = open();
      const traced: Uint8Array[] = [];
      const sender = open({ trace: ({ bytes }) => traced.push(bytes) });
      const message = { type: 40, flags: 0x305, sequence: 4_000_000_000, payload };
      const { portId } = sender;
      sender.send({ ...message, to: { portId: receiver.portId } });
      expect(receiver.receiveSync()).toEqual({
        ...message,
        payload: Uint8Array.from(payload),
        portId,
        sender: { portId, group: 0 },
      });
      sender.connect({ portId: receiver.portId });
      sender.send({ ...message, portId: 9 });
      expect(receiver.receiveSync()).toMatchObject({
        type: 40,
        portId: 9,
        payload: Uint8Array.from(payload),
      });
      expect(traced.map((bytes) => Buffer.compare(bytes.subarray(16), payload))).toEqual([0, 0]);
      expect(traced[0]?.length).toBe(16 + payload.length);
    },
  );

  test('are refused as others are', () => {
    const sender = open();
    const payload = new Uint8Array(10_000);
    const gone = open();
    const { portId } = gone;
    gone.close();
    expect(() => sender.send({ payload, to: { portId } })).toThrow(failed('ECONNREFUSED'));
    expect(() => sender.send({ payload, type: 70_000 })).toThrow(failed('ERR_NETLINK_INVALID_ARGUMENT'));
    expect(() => sender.send({ payload, to: { group: 33 } })).toThrow(failed('ERR_NETLINK_INVALID_ARGUMENT'));
    const tooLong = new Uint8Array(4_000_000);
    expect(() => sender.send({ payload: tooLong, to: { portId: sender.portId } })).toThrow(
      failed('EMSGSIZE'),
    );
    const offloaded = open({ offload: true });
    expect(() => offloaded.send({ payload })).toThrow(failed('ERR_NETLINK_INVALID_ARGUMENT'));
    sender.close();
    expect(() => sender.send({ payload })).toThrow(failed('ERR_NETLINK_CLOSED'));
  });

  test('have memory of their own, which may be given away', () => {
    const [sender, receiver] = openPair();
    const payload = new Uint8Array(20_000).fill(7);
    const lengths = Array.from({ length: 4 }, () => {
      sender.send({ payload, to: { portId: receiver.portId } });
      const got = receiver.receiveSync().payload;
      return structuredClone(got, { transfer: [got.buffer as ArrayBuffer] }).length;
    });
    expect(lengths).toEqual([20_000, 20_000, 20_000, 20_000]);
  });

  test('stay as they are while many more come, and when one of them is given away', () => {
    const [sender, receiver] = openPair();
    const received = Array.from({ length: 100 }, (_, index) => {
      sender.send({ payload: new Uint8Array(20_000).fill(index), to: { portId: receiver.portId } });
      return receiver.receiveSync().payload;
    });
    for (const { buffer } of received.filter((_, index) => index % 7 === 0))
      structuredClone(buffer, { transfer: [buffer as ArrayBuffer] });
    for (const [index, payload] of received.entries())
      expect(payload).toEqual(new Uint8Array(index % 7 === 0 ? 0 : 20_000).fill(index));
  });
});

describe('receiving into memory', () => {
  const pattern = (length: number) => Uint8Array.from({ length }, (_, index) => index * 19 + length);

  test.each([0, 1, 16, 8_176, 20_000, 32_752, 32_768, 32_769, 40_000, 150_001])(
    'an echo of %i bytes comes whole, there if it fits',
    async (length) => {
      const [client, server] = openPair();
      const memory = new Uint8Array(40_000).subarray(7, 7 + 32_768);
      const payload = pattern(length);
      for (let round = 0; round < 3; round++) {
        client.send({ payload, to: { portId: server.portId } });
        const asked = server.receiveSync({ into: memory });
        expect(asked).toMatchObject({ payload, sender: { portId: client.portId } });
        expect(asked.payload.buffer === memory.buffer).toBe(length <= memory.length);
        const answer = client.receive({ into: memory });
        server.send({ payload: asked.payload, to: asked.sender });
        expect((await answer).payload).toEqual(payload);
        expect((await answer).payload.buffer === memory.buffer).toBe(length <= memory.length);
      }
    },
  );

  test('makes no memory of a message’s size', async () => {
    const { stdout } = await runInProcess(`
      const { openSocket } = require('afnetlink');
      const [sender, receiver] = [openSocket({ protocol: 2 }), openSocket({ protocol: 2 })];
      const [payload, into] = [new Uint8Array(32_000), new Uint8Array(32_768)];
      function memoryOfOne(receives, options) {
        const before = process.memoryUsage().arrayBuffers;
        const kept = Array.from({ length: receives }, () => {
          sender.send({ payload, to: { portId: receiver.portId } });
          return receiver.receiveSync(options);
        });
        return (process.memoryUsage().arrayBuffers - before) / kept.length;
      }
      memoryOfOne(1, { into });
      console.log(JSON.stringify([memoryOfOne(100, { into }), memoryOfOne(100, {})]));
    `);
    const [reused, fresh] = JSON.parse(stdout) as number[];
    expect(reused).toBeLessThan(1_000);
    expect(fresh).toBeGreaterThan(30_000);
  });

  test('what comes together comes in order, each message alone, with every kind of receive', async () => {
    const [sender, receiver] = openPair();
    const messages = [40, 30, 50, 10].map((length, index) => ({
      type: 20 + index,
      payload: pattern(length),
    }));
    sender.sendMany(messages, { portId: receiver.portId });
    const into = new Uint8Array(40);
    const [first, second, third, fourth] = messages.map(({ payload }) => payload);
    expect(receiver.receiveSync({ into }).payload).toEqual(first);
    expect((await receiver.receive({ into })).payload).toEqual(second);
    expect(receiver.receiveSync({ into }).payload).toEqual(third);
    const last = receiver.receiveSync().payload;
    into.fill(0);
    expect(last).toEqual(fourth);
  });

  test('whatever follows a large message comes as without it', () => {
    const [sender, plain, placing, placingInMore] = [open(), open(), open(), open()];
    const message = (length: number, claimed = 16 + length) => {
      const bytes = new Uint8Array(16 + length);
      bytes.set(pattern(length), 16);
      new Uint32Array(bytes.buffer, 0, 4).set([claimed, 33 | (5 << 16), length, 9]);
      return bytes;
    };
    const large = message(12_000);
    const outcomeOf = (received: () => Message) => {
      try {
        const { type, flags, sequence, portId, payload } = received();
        return [type, flags, sequence, portId, Buffer.from(payload).toString('base64')].join(' ');
      } catch (error) {
        return String(error);
      }
    };
    for (const datagram of [
      message(0),
      message(1),
      large,
      message(32_768),
      message(32_772),
      message(100_000),
      message(150_000),
      Buffer.concat([message(100_000), large]),
      message(12_000, 11_000),
      message(12_000, 12_017),
      message(12_000, 15),
      Buffer.concat([large, large, message(5)]),
      Buffer.concat([message(8), message(32_768), message(16)]),
      Buffer.concat([large, Buffer.alloc(4)]),
      Buffer.concat([large, Buffer.alloc(100, 1)]),
      Buffer.alloc(1),
      Buffer.alloc(15, 1),
      Buffer.alloc(16),
      Buffer.alloc(20_000, 255),
    ]) {
      const [expected, ...outcomes] = [
        { receiver: plain },
        { receiver: placing, into: new Uint8Array(40_000).subarray(3, 3 + 32_768) },
        { receiver: placingInMore, into: new Uint8Array(4_000_000) },
      ].map(({ receiver, ...memory }) => {
        const options = { timeout: 0, ...memory };
        for (const bytes of [large, datagram, large]) sender.sendDatagram(bytes, { portId: receiver.portId });
        const all = [outcomeOf(() => receiver.receiveSync(options))];
        while (all.at(-1)?.includes('no message came') === false)
          all.push(outcomeOf(() => receiver.receiveSync(options)));
        return all;
      });
      expect(outcomes).toEqual([expected, expected]);
      expect(expected?.length).toBeGreaterThan(2);
    }
  });

  test.each(['shared', 'transferred away meanwhile'])('memory may be %s', async (which) => {
    const [sender, receiver] = openPair();
    const to = { portId: receiver.portId };
    const payload = pattern(20_000);
    const memory = which === 'shared' ? new SharedArrayBuffer(32_768) : new ArrayBuffer(32_768);
    const into = new Uint8Array(memory);
    sender.send({ payload, to });
    expect(receiver.receiveSync({ into }).payload).toEqual(payload);
    const received = receiver.receive({ into });
    if (memory instanceof ArrayBuffer) structuredClone(memory, { transfer: [memory] });
    sender.send({ payload, to });
    expect((await received).payload).toEqual(payload);
  });

  test('with ancillary data, too', () => {
    const [sender, receiver] = openPair({ options: { passCredentials: true } });
    const into = new Uint8Array(100_000);
    for (const length of [16, 32_000, 60_000, 16]) {
      sender.send({ payload: pattern(length), to: { portId: receiver.portId } });
      const { payload, sender: from } = receiver.receiveSync({ into });
      expect(payload).toEqual(pattern(length));
      expect(payload.buffer).toBe(into.buffer);
      expect(from.credentials?.processId).toBe(process.pid);
    }
  });

  test('a datagram from somebody else leaves the message whole', () => {
    const stranger = open({ protocol: NETLINK_ROUTE });
    const socket = open({ protocol: NETLINK_ROUTE });
    stranger.send({ payload: pattern(64), to: { portId: socket.portId } });
    socket.send({ type: 3, flags: 5 });
    const into = new Uint8Array(64);
    expect(socket.receiveSync({ into, timeout: 30_000 })).toMatchObject({ type: 2, sender: { portId: 0 } });
    expect(socket.counters.foreignDatagrams).toBe(1);
  });

  test.each([
    ['with', { into: new Uint8Array(16) }],
    ['without', {}],
  ])('of datagrams longer than all slots only the first is cut, %s memory', (_, options) => {
    const [sender, receiver] = openPair({ options: { receiveBufferSize: 16 << 20 } });
    sender.setOption('sendBufferSize', 16 << 20);
    const send = () => sender.send({ payload: pattern(3_000_000), to: { portId: receiver.portId } });
    send();
    expect(() => receiver.receiveSync(options)).toThrow(failed('ERR_NETLINK_TRUNCATED'));
    for (let round = 0; round < 2; round++) {
      send();
      expect(Buffer.compare(receiver.receiveSync(options).payload, pattern(3_000_000))).toBe(0);
    }
  });
});

describe('receiveSync', () => {
  test('takes what is queued, whether it had to wait before or not', () => {
    const [sender, receiver] = openPair();
    const to = { portId: receiver.portId };
    const timedOut = failed('ERR_NETLINK_TIMEOUT');
    for (let round = 0; round < 40; round++) {
      sender.sendMany([{ sequence: round }], to);
      sender.sendMany([{ sequence: 100 + round }], to);
      const timeout = round % 3 === 0 ? {} : { timeout: round % 2 };
      expect(receiver.receiveSync(timeout).sequence).toBe(round);
      expect(receiver.receiveSync(timeout).sequence).toBe(100 + round);
      if (round % 4 === 0) expect(() => receiver.receiveSync({ timeout: 1 })).toThrow(timedOut);
      if (round % 8 === 0) expect(() => receiver.receiveSync({ timeout: 0 })).toThrow(timedOut);
    }
  });

  const waitsFor = (commands: string) => `
    const { spawn } = require('node:child_process');
    const { openSocket } = require('afnetlink');
    const [sender, receiver] = [openSocket({ protocol: 2 }), openSocket({ protocol: 2 })];
    for (let round = 0; round < 3; round++) {
      sender.send({ to: { portId: receiver.portId } });
      receiver.receiveSync();
    }
    process.on('SIGUSR2', () => undefined);
    const send = "require('afnetlink').openSocket({ protocol: 2 }).send({ type: 77, to: { portId: " + receiver.portId + " } })";
    const env = { ...process.env, PID: process.pid, NODE: process.execPath, SEND: send };
    spawn('sh', ['-c', ${JSON.stringify(commands)}], { env });
    try {
      console.log(receiver.receiveSync().type);
    } catch ({ code }) {
      console.log(code);
    }
    process.exit();
  `;

  test.each([
    [
      'goes on when a signal is handled',
      'sleep 0.2; kill -USR2 $PID; sleep 0.2; "$NODE" -e "$SEND"; sleep 2',
      '77\n',
    ],
    [
      'goes on when the process was stopped',
      'sleep 0.2; kill -STOP $PID; sleep 0.2; kill -CONT $PID; sleep 0.2; "$NODE" -e "$SEND"; sleep 2',
      '77\n',
    ],
  ])('%s', async (_, commands, stdout) => {
    const result = await runInProcess(waitsFor(commands));
    expect(result).toEqual({ status: 0, signal: null, stdout, stderr: '' });
  });
});
