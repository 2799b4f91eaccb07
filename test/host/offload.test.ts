import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { adoptSocket } from 'afnetlink';
import { runInProcess } from '../helpers/processes.js';
import { NETLINK_ROUTE, open, wordAt, words } from '../helpers/sockets.js';

const RTM_NEWLINK = 16;
const RTM_GETLINK = 18;
const failed = (code: string) => expect.objectContaining({ code });
const loopback = { type: RTM_GETLINK, payload: words(0, 1, 0, 0) };

describe('a socket with a thread of its own', () => {
  test('sends and receives in order', async () => {
    const [sender, receiver] = [open({ offload: true }), open({ offload: true })];
    const to = { portId: receiver.portId };
    const payloads = Array.from({ length: 60 }, (_, index) =>
      Uint8Array.from({ length: (index * 977) % 2000 }, (__, at) => at * index),
    );
    const sequences = await Promise.all(payloads.map((payload) => sender.sendAsync({ payload, to })));
    expect(sequences).toEqual(payloads.map((_, index) => index + 1));
    for (const [index, payload] of payloads.entries()) {
      const message = await receiver.receive();
      expect(message.sequence).toBe(index + 1);
      expect(Buffer.compare(message.payload, payload)).toBe(0);
    }
  });

  test('answers requests and dumps as any other', async () => {
    const [plain, offloaded] = [
      open({ protocol: NETLINK_ROUTE }),
      open({ protocol: NETLINK_ROUTE, offload: true }),
    ];
    const link = { ...loopback };
    const answers = await Promise.all([plain.request(link), offloaded.request(link)]);
    expect(answers[1]).toMatchObject({ messages: [{ type: RTM_NEWLINK }] });
    const count = async (socket: typeof plain) =>
      (await socket.dump({ type: RTM_GETLINK, payload: words(0, 0, 0, 0) }).toArray()).length;
    expect(await count(offloaded)).toBe(await count(plain));
    const missing = { type: RTM_GETLINK, payload: words(0, 0x7fffffff, 0, 0) };
    await expect(offloaded.request(missing)).rejects.toMatchObject({ code: 'ENODEV' });
    const many = await Promise.all(Array.from({ length: 200 }, () => offloaded.request(link)));
    expect(many).toHaveLength(200);
  });

  test('gives errors of the send to the one who sent', async () => {
    const socket = open({ offload: true });
    const other = open();
    const results = await Promise.allSettled([
      socket.sendAsync({ to: { portId: 0x7ffffff1 } }),
      socket.sendAsync({ to: { portId: other.portId } }),
      socket.sendAsync({ payload: new Uint8Array(16 << 20), to: { portId: other.portId } }),
      socket.sendAsync({ to: { group: 31 } }),
    ]);
    expect(results).toMatchObject([
      { status: 'rejected', reason: { code: 'ECONNREFUSED' } },
      { status: 'fulfilled', value: 2 },
      { status: 'rejected', reason: { code: 'EMSGSIZE' } },
      { status: 'fulfilled', value: 4 },
    ]);
  });

  test('copies what it is to send', async () => {
    const [sender, receiver] = [open({ offload: true }), open()];
    const payload = words(1);
    const sent = sender.sendAsync({ payload, to: { portId: receiver.portId } });
    payload.fill(9);
    await sent;
    expect(wordAt((await receiver.receive()).payload, 0)).toBe(1);
  });

  test('refuses what would block the event loop after all', async () => {
    const socket = open({ protocol: NETLINK_ROUTE, offload: true });
    const refused = failed('ERR_NETLINK_INVALID_ARGUMENT');
    expect(() => socket.send()).toThrow(refused);
    expect(() => socket.receiveSync()).toThrow(refused);
    expect(() => socket.requestSync(loopback)).toThrow(refused);
    expect(await socket.request(loopback)).toMatchObject({ messages: [{ type: RTM_NEWLINK }] });
  });

  test('is aborted at once, before and while it sends', async () => {
    const [sender, receiver] = [open({ offload: true }), open()];
    const to = { portId: receiver.portId };
    await expect(sender.sendAsync({ to }, { signal: AbortSignal.abort(5) })).rejects.toBe(5);
    const controller = new AbortController();
    const sent = sender.sendAsync({ type: 60, to }, { signal: controller.signal });
    controller.abort('enough');
    await expect(sent).rejects.toBe('enough');
    // What was submitted is sent all the same.
    expect((await receiver.receive()).type).toBe(60);
  });

  test('leaves the queue in the kernel when nobody reads', async () => {
    const [sender, receiver] = [open(), open({ offload: true })];
    const to = { portId: receiver.portId };
    const first = receiver.receive();
    sender.send({ type: 50, to });
    expect((await first).type).toBe(50);
    for (let type = 51; type < 60; type++) sender.send({ type, to });
    await sleep(5);
    expect(receiver.memory().receiveQueued).toBeGreaterThan(0);
    for (let type = 51; type < 60; type++) expect((await receiver.receive()).type).toBe(type);
  });

  test('reports overruns', async () => {
    const sender = open();
    const receiver = open({ groups: [5], offload: true, options: { receiveBufferSize: 4096 } });
    for (let count = 0; count < 100; count++) {
      sender.send({ payload: new Uint8Array(500), to: { group: 5 } });
    }
    let received = 0;
    const receiveAll = async () => {
      for await (const { type } of receiver) received += type === 16 ? 1 : 0;
    };
    await expect(receiveAll()).rejects.toMatchObject({ code: 'ERR_NETLINK_OVERRUN' });
    expect(receiver.counters.overruns).toBe(1);
    expect(received + receiver.memory().drops).toBe(100);
    sender.send({ type: 99, to: { group: 5 } });
    expect((await receiver.receive()).type).toBe(99);
  });
});

describe('closing it', () => {
  test('rejects what is under way, and is safe from a callback', async () => {
    for (let round = 0; round < 50; round++) {
      const [sender, receiver] = [open({ offload: true }), open({ offload: true })];
      const to = { portId: receiver.portId };
      const pending = [receiver.receive(), sender.sendAsync({ to }), sender.sendAsync({ to })];
      const settled = Promise.allSettled(pending);
      if (round % 3 === 0) await sleep(0);
      if (round % 5 === 0) await pending[1]?.catch(() => undefined);
      sender.close();
      receiver.close();
      for (const result of await settled) {
        if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'ERR_NETLINK_CLOSED' });
      }
      await expect(sender.sendAsync({ to })).rejects.toMatchObject({ code: 'ERR_NETLINK_CLOSED' });
    }
  });

  test('ends its thread, in workers too, and lets the process end', async () => {
    const result = await runInProcess(`
      const { readdirSync } = require('node:fs');
      const { Worker, isMainThread } = require('node:worker_threads');
      const source = \`
        const { openSocket } = require('afnetlink');
        const sockets = Array.from({ length: 5 }, () => openSocket({ protocol: 2, offload: true }));
        for (const socket of sockets) {
          socket.receive().catch(() => {});
          for (const { portId } of sockets) socket.sendAsync({ to: { portId } }).catch(() => {});
        }
      \`;
      const tasks = () => readdirSync('/proc/self/task').length;
      const run = (ending) => new Promise((resolve) => {
        const worker = new Worker(source + ending, { eval: true });
        worker.on('error', () => {});
        worker.on('message', () => worker.terminate());
        worker.on('exit', resolve);
      });
      (async () => {
        await run('process.exit(0)');
        const before = tasks();
        await run("require('node:worker_threads').parentPort.postMessage(1)");
        await run('throw new Error("deliberate")');
        await run('process.exit(0)');
        console.log(tasks() - before);
      })();
    `);
    expect(result).toMatchObject({ status: 0, signal: null, stdout: '0\n', stderr: '' });
  });

  test('hands a descriptor out that outlives it', () => {
    const socket = open({ offload: true });
    const { portId } = socket;
    const descriptor = socket.release();
    using adopted = adoptSocket(descriptor);
    expect(adopted.portId).toBe(portId);
  });
});
