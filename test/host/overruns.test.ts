import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { native } from '#lib/native/addon';
import { ReceiveRing } from '#lib/native/receive-ring';
import type { Message, NetlinkSocket } from 'afnetlink';
import type { DatagramBatch } from 'afnetlink/types';
import { open } from '../helpers/sockets.js';

const GROUP = 9;
const SMALL_BUFFER = { receiveBufferSize: 4096 };

/** Sends more to the group than a small buffer holds. */
function flood(sender: NetlinkSocket, count = 100): void {
  for (let index = 0; index < count; index++) {
    sender.send({ type: 100, payload: new Uint8Array(500), to: { group: GROUP } });
  }
}

function typeOf(batch: DatagramBatch, index: number): number {
  return (batch.words(index)[batch.offset(index) / 4 + 1] ?? 0) & 0xffff;
}

describe('an overrun', () => {
  test('is reported once by receive, and counted; the socket goes on', async () => {
    const sender = open();
    const receiver = open({ groups: [GROUP], options: SMALL_BUFFER });
    flood(sender);
    let received = 0;
    while (receiver.memory().receiveQueued > 0) {
      expect((await receiver.receive()).type).toBe(100);
      received += 1;
    }
    await expect(receiver.receive()).rejects.toMatchObject({ code: 'ERR_NETLINK_OVERRUN' });
    expect(receiver.counters.overruns).toBe(1);
    expect(received + receiver.memory().drops).toBe(100);
  });

  test('comes to onDatagrams as data', async () => {
    const sender = open();
    const receiver = open({ groups: [GROUP], options: SMALL_BUFFER });
    const seen: [overruns: number, count: number][] = [];
    const stop = receiver.onDatagrams((batch) => seen.push([batch.overruns, batch.count]));
    flood(sender);
    while (seen.length === 0 || receiver.memory().receiveQueued > 0) await sleep(1);
    stop();
    expect(seen[0]?.[0]).toBe(1);
    const received = seen.reduce((sum, [, count]) => sum + count, 0);
    expect(received + receiver.memory().drops).toBe(100);
  });

  // libuv stops a uv_poll that sees POLLERR, which is what an overrun is.
  test('leaves a polling socket awake, 200 times over', async () => {
    const sender = open();
    const receiver = open({ groups: [GROUP], options: SMALL_BUFFER });
    let overruns = 0;
    let markers = 0;
    const stop = receiver.onDatagrams((batch) => {
      overruns += batch.overruns;
      for (let index = 0; index < batch.count; index++) {
        if (typeOf(batch, index) === 200) markers += 1;
      }
    });
    for (let round = 0; round < 200; round++) {
      flood(sender, 20);
      await sleep(0);
      while (receiver.memory().receiveQueued > 0) await sleep(0);
      sender.send({ type: 200, to: { group: GROUP } });
      await sleep(0);
      while (receiver.memory().receiveQueued > 0) await sleep(0);
    }
    stop();
    expect(markers).toBe(200);
    expect(overruns).toBe(200);
    expect(receiver.counters.overruns).toBe(200);
  });
});

/** Reads until a message of type 200 comes; calls `onOverrun` where an overrun is given. */
type Read = (onOverrun: () => void) => Promise<void>;

async function readMessages(next: () => Promise<Message>, onOverrun: () => void): Promise<void> {
  for (let type = 100; type !== 200;) {
    try {
      ({ type } = await next());
    } catch (error) {
      expect(error).toMatchObject({ code: 'ERR_NETLINK_OVERRUN' });
      onOverrun();
    }
  }
}

// The kernel reports an overrun ahead of what was queued until then, and drops all that comes until that is received.
describe('from the moment on that an overrun is given, nothing is lost', () => {
  const LARGER_BUFFER = { receiveBufferSize: 100 * 1024 };
  const openMember = (offload = false) => open({ groups: [GROUP], options: LARGER_BUFFER, offload });
  const subscribe = (options: { capacity?: number } = {}) =>
    open().subscribe({ groups: [GROUP], ...LARGER_BUFFER, ...options });

  const members: Record<string, () => Read> = {
    'by receive': () => {
      const receiver = openMember();
      return (onOverrun) => readMessages(() => receiver.receive(), onOverrun);
    },
    'by receiveSync': () => {
      const receiver = openMember();
      return (onOverrun) =>
        readMessages(() => Promise.resolve(receiver.receiveSync({ timeout: 1000 })), onOverrun);
    },
    'by receive, on a thread': () => {
      const receiver = openMember(true);
      return (onOverrun) => readMessages(() => receiver.receive(), onOverrun);
    },
    'by onDatagrams': () => {
      const receiver = openMember();
      return (onOverrun) =>
        new Promise((resolve) => {
          receiver.onDatagrams((batch) => {
            for (let index = 0; index < batch.count; index++) {
              if (typeOf(batch, index) === 200) resolve();
            }
            if (batch.overruns > 0) onOverrun();
          });
        });
    },
    'by the callback of a subscription': () => {
      const events = subscribe();
      return (onOverrun) =>
        events.forEach((item) => {
          if (item.kind === 'overrun') onOverrun();
          else if (item.kind === 'event' && item.event.type === 200) events.close();
        });
    },
    'by the loop of a subscription': () => {
      const events = subscribe({ capacity: 10 });
      return async (onOverrun) => {
        for await (const item of events) {
          if (item.kind === 'overrun') onOverrun();
          else if (item.kind === 'event' && item.event.type === 200) break;
        }
      };
    },
  };

  test.each(Object.entries(members))('%s', async (_, join) => {
    const sender = open();
    const read = join();
    flood(sender, 1000);
    let overruns = 0;
    await read(() => {
      overruns += 1;
      sender.send({ type: 200, to: { group: GROUP } });
    });
    expect(overruns).toBe(1);
  });
});

// recvmmsg fetches the error without telling netlink, which then stays congested and drops every later multicast.
test.each([1, 2, 64])('the queue is not left congested by a receive of %i', (wanted) => {
  const sender = open();
  const receiver = open({ groups: [GROUP], options: SMALL_BUFFER });
  const handle = native().open(3, 2, -1);
  native().bind(handle, 0, 1 << (GROUP - 1));
  native().setReceivePolicy(handle, false, true);
  native().setOption(handle, 1, 33, new Int32Array([4096]).buffer);
  const ring = new ReceiveRing();
  flood(sender);
  // Empty the queue behind the error's back: what is left is the error alone, and a congested socket.
  let overruns = 0;
  let received = 0;
  for (let round = 0; round < 200; round++) {
    received += native().receive(handle, ring.buffer, wanted);
    overruns += ring.overruns;
  }
  expect(overruns).toBe(1);
  expect(received).toBeGreaterThan(0);
  sender.send({ type: 200, to: { group: GROUP } });
  expect(native().receive(handle, ring.buffer, wanted)).toBe(1);
  native().close(handle);
  receiver.close();
});
