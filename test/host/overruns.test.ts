import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { native } from '#lib/native/addon';
import { ReceiveRing } from '#lib/native/receive-ring';
import type { NetlinkSocket } from 'afnetlink';
import { open } from '../helpers/sockets.js';

const GROUP = 9;
const SMALL_BUFFER = { receiveBufferSize: 4096 };

/** Sends more to the group than a small buffer holds. */
function flood(sender: NetlinkSocket, count = 100): void {
  for (let index = 0; index < count; index++) {
    sender.send({ type: 100, payload: new Uint8Array(500), to: { group: GROUP } });
  }
}

describe('an overrun', () => {
  test('is reported once by receive, and counted; the socket goes on', async () => {
    const sender = open();
    const receiver = open({ groups: [GROUP], options: SMALL_BUFFER });
    flood(sender);
    await expect(receiver.receive()).rejects.toMatchObject({ code: 'ERR_NETLINK_OVERRUN' });
    expect(receiver.counters.overruns).toBe(1);
    let received = 0;
    while (receiver.memory().receiveQueued > 0) {
      expect((await receiver.receive()).type).toBe(100);
      received += 1;
    }
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
        if (((batch.words(index)[batch.offset(index) / 4 + 1] ?? 0) & 0xffff) === 200) markers += 1;
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
  }, 60_000);
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
