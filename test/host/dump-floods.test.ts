import { beforeAll, describe, expect, test } from '@jest/globals';
import { type Message, NetlinkError, type NetlinkSocket } from 'afnetlink';
import {
  acknowledgedErrno,
  decodeExtendedAck,
  NLM_F_DUMP,
  NLM_F_REQUEST,
  NLMSG_DONE,
  NLMSG_ERROR,
  WireView,
} from 'afnetlink/wire';
import { message } from 'afnetlink/testing';
import { privateNamespace } from '../helpers/private-namespace.js';
import { dumpLinks, getLink, newLink, RTM_GETADDR, RTM_GETLINK } from '../helpers/route.js';
import { NETLINK_ROUTE, open } from '../helpers/sockets.js';

// What the kernel's own selftest of dumps does to one socket, done past the engine and then with it.

const EBUSY = 16;
const EINVAL = 22;
const namespace = privateNamespace();
const openRoute = (receiveBufferSize: number) =>
  open({
    protocol: NETLINK_ROUTE,
    netns: namespace.netns,
    options: {
      receiveBufferSize,
      strictChecking: true,
      extendedAcknowledgements: true,
      cappedAcknowledgements: true,
    },
  });

/** A dump of addresses that strict checking refuses, in its DONE. */
const badDump = {
  type: RTM_GETADDR,
  flags: NLM_F_REQUEST | NLM_F_DUMP,
  payload: new Uint8Array([0, 24, 0, 0, 0, 0, 0, 0]),
};
const linkDump = {
  type: RTM_GETLINK,
  flags: NLM_F_REQUEST | NLM_F_DUMP,
  payload: dumpLinks.payload ?? new Uint8Array(),
};

interface Answer {
  readonly sequence: number;
  readonly kind: 'overrun' | 'error' | 'done' | 'item';
  readonly errno: number;
  readonly text: string | undefined;
}

/** Everything that is queued, in order. */
function drain(socket: NetlinkSocket): Answer[] {
  const answers: Answer[] = [];
  for (;;) {
    try {
      answers.push(answerOf(socket.receiveSync({ timeout: 0 })));
    } catch (error) {
      if (!(error instanceof NetlinkError)) throw error;
      if (error.code === 'ERR_NETLINK_TIMEOUT') return answers;
      expect(error.code).toBe('ERR_NETLINK_OVERRUN');
      answers.push({ sequence: 0, kind: 'overrun', errno: 0, text: undefined });
    }
  }
}

function answerOf(received: Message): Answer {
  const { type, sequence } = received;
  if (type !== NLMSG_ERROR && type !== NLMSG_DONE)
    return { sequence, kind: 'item', errno: 0, text: undefined };
  const bytes = message(received);
  const view = new WireView(bytes);
  return {
    sequence,
    kind: type === NLMSG_ERROR ? 'error' : 'done',
    errno: acknowledgedErrno(view, 0, bytes.length),
    text: decodeExtendedAck(view, 0, bytes.length)?.message,
  };
}

beforeAll(async () => {
  const batch = open({ protocol: NETLINK_ROUTE, netns: namespace.netns }).batch();
  for (let index = 0; index < 60; index++) batch.add(newLink({ name: `flood${index}`, kind: 'bridge' }));
  expect((await batch.send()).every(({ status }) => status === 'done')).toBe(true);
});

describe('dumps sent past the engine', () => {
  test('80 bad ones into a tiny buffer: DONE with its extended acknowledgement, then an overrun', async () => {
    const socket = openRoute(1152);
    for (let count = 0; count < 80; count++) socket.send(badDump);
    const answers = drain(socket);
    const ended = answers.slice(0, -1);
    expect(ended.length).toBeGreaterThan(0);
    expect(answers.at(-1)).toMatchObject({ kind: 'overrun' });
    for (const answer of ended) {
      expect(answer).toMatchObject({
        kind: 'done',
        errno: EINVAL,
        text: 'ipv4: Invalid values in header for address dump request',
      });
    }
    await expect(socket.dump(dumpLinks).toArray()).resolves.toHaveLength(61);
  });

  test('a second one while the first runs is EBUSY, and the first goes on to its end', async () => {
    const socket = openRoute(1 << 20);
    const first = socket.send(linkDump);
    const others = [socket.send(linkDump), socket.send(linkDump)];
    const answers = drain(socket);
    expect(answers.filter(({ kind }) => kind === 'error')).toEqual(
      others.map((sequence) => ({ sequence, kind: 'error', errno: EBUSY, text: undefined })),
    );
    expect(answers.at(-1)).toMatchObject({ sequence: first, kind: 'done', errno: 0 });
    expect(answers.filter(({ kind, sequence }) => kind === 'item' && sequence === first)).toHaveLength(61);
    await expect(socket.dump(dumpLinks).toArray()).resolves.toHaveLength(61);
  });

  test('one that nobody reads is abandoned with its socket', async () => {
    for (let round = 0; round < 200; round++) {
      const socket = openRoute(1152);
      socket.send(linkDump);
      if (round % 2 === 0) await socket.receive();
      socket.close();
    }
    await expect(
      openRoute(1 << 20)
        .dump(dumpLinks)
        .toArray(),
    ).resolves.toHaveLength(61);
  });
});

describe('the same with the engine', () => {
  test('80 bad ones at once are each told why, whatever the buffer', async () => {
    const socket = openRoute(1152);
    const results = await Promise.allSettled(
      Array.from({ length: 80 }, () => socket.dump({ ...badDump, flags: 0 }).toArray()),
    );
    for (const result of results) {
      expect(result).toMatchObject({
        status: 'rejected',
        reason: {
          code: 'EINVAL',
          extack: { message: 'ipv4: Invalid values in header for address dump request' },
        },
      });
    }
    await expect(socket.request({ ...getLink({ index: 1 }), end: 'reply' })).resolves.toMatchObject({
      messages: [{ type: 16 }],
    });
  });

  test('closing during a dump settles it, every time', async () => {
    for (let round = 0; round < 200; round++) {
      const socket = openRoute(1152);
      const reading = (async () => {
        let count = 0;
        for await (const batch of socket.dump(dumpLinks).batches()) {
          count += batch.length;
          if (round % 2 === 0) await new Promise((resolve) => setImmediate(resolve));
        }
        return count;
      })();
      if (round % 3 > 0) await Promise.resolve();
      socket.close();
      await expect(reading).rejects.toMatchObject({ code: 'ERR_NETLINK_CLOSED' });
    }
  });
});
