// Namespaces come and go while messages fly: netlink_test keeps each to itself. Runs in the guest.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { openFamily, openSocket, type Message, type NetlinkSocket } from 'afnetlink';
import { cString } from 'afnetlink/wire';
import { netlinkTestFamily } from 'afnetlink/families/netlink_test';

const ANNOUNCE = 1;
const ROUNDS = 10;
const MESSAGES = 20;

const ip = (...args: string[]): Promise<unknown> => promisify(execFile)('ip', args);
const next = (socket: NetlinkSocket): Promise<Message> => socket.receive();
const textOf = ({ payload }: Message): string => Buffer.from(payload.subarray(0, -1)).toString();

/** Sends and hears what it sent, as announcement and as echo, until it is told to stop; gives how often. */
async function talkHere(stop: AbortSignal): Promise<number> {
  using socket = openSocket({ protocol: 17, groups: [ANNOUNCE] });
  for (let sent = 0; ; sent += 1) {
    if (stop.aborted) return sent;
    socket.send({ payload: cString(`here ${sent}`) });
    expect([textOf(await next(socket)), textOf(await next(socket))]).toEqual([
      `here ${sent}`,
      `here ${sent}`,
    ]);
  }
}

/** A namespace's whole life, which ends with a timer, a flood and unread messages in it. */
async function live(name: string, mode: 'direct' | 'deferred'): Promise<void> {
  await ip('netns', 'add', name);
  const netns = `/run/netns/${name}`;
  await using control = await openFamily(netlinkTestFamily, { netns });
  const counters = async () => (await control.do.getCounters()).counters;
  expect(await counters()).toMatchObject({ received: 0n, echoed: 0n, announced: 0n, begun: 0n });
  using socket = openSocket({
    protocol: 17,
    groups: [ANNOUNCE],
    netns,
    options: { receiveBufferSize: 1 << 22 },
  });
  await control.do.setMode({ mode });
  await control.do.register({ portId: socket.portId });
  await control.do.startTimer({ period: 20 });

  const texts = Array.from({ length: MESSAGES }, (_, index) => `${name} ${index}`);
  for (const text of texts) socket.send({ payload: cString(text) });
  const heard: string[] = [];
  const ticks = { alone: 0, group: 0 };
  while (heard.length < 2 * MESSAGES || ticks.alone === 0 || ticks.group === 0) {
    const message = await next(socket);
    if (/^tick \d+$/.test(textOf(message))) ticks[message.sender.group === 0 ? 'alone' : 'group'] += 1;
    else heard.push(textOf(message));
  }
  expect(heard.sort()).toEqual([...texts, ...texts].sort());
  expect(await counters()).toMatchObject({ received: BigInt(MESSAGES), echoed: BigInt(MESSAGES) });

  await ip('netns', 'delete', name);
  // It lives as long as somebody has a socket in it.
  await control.do.startFlood({ portId: socket.portId, count: 1n << 40n, size: 16 });
  socket.send({ payload: cString('last words') });
}

async function liveAndDie(lane: string, mode: 'direct' | 'deferred'): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) await live(`${lane}${round}`, mode);
}

test('each counts its own messages, no one hears another’s, and their end disturbs nobody', async () => {
  await using control = await openFamily(netlinkTestFamily);
  const received = async () => (await control.do.getCounters()).counters?.received ?? 0n;
  const before = await received();
  const stop = new AbortController();
  const here = talkHere(stop.signal);
  try {
    await Promise.all([
      liveAndDie('red', 'direct'),
      liveAndDie('blue', 'deferred'),
      liveAndDie('green', 'direct'),
    ]);
  } finally {
    stop.abort();
  }
  const sent = await here;
  expect(sent).toBeGreaterThan(0);
  expect((await received()) - before).toBe(BigInt(sent));
});
