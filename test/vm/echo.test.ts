// netlink_test's wire contract (kernel-module/README.md), seen from Node. Runs in the guest.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, expect, test } from '@jest/globals';
import { openSocket, type Message, type NetlinkSocket } from 'afnetlink';
import { cString } from 'afnetlink/wire';
import { kernelLog } from '../helpers/kernel-log.js';

const NLM_F_REQUEST = 0x1;
const NLM_F_ACK = 0x4;
const NLMSG_ERROR = 2;

const sockets: NetlinkSocket[] = [];

function open(): NetlinkSocket {
  const socket = openSocket({ protocol: 17 });
  sockets.push(socket);
  return socket;
}

const answer = (socket: NetlinkSocket): Promise<Message> => socket.receive();

async function echo(socket: NetlinkSocket, payload: Uint8Array): Promise<Message> {
  socket.send({ payload });
  return answer(socket);
}

beforeAll(() => {
  // Without the module this throws EPROTONOSUPPORT: a missing peer is a failure, never a skip.
  open();
});

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.close();
});

test.each([0, 1, 3, 1024, 32_000])('echoes %i bytes as they are', async (size) => {
  const payload = new Uint8Array(randomBytes(size));
  const reply = await echo(open(), payload);
  expect(Buffer.compare(reply.payload, payload)).toBe(0);
  expect(reply.sender).toMatchObject({ portId: 0 });
});

test('the reply has the request’s type and sequence number, no flags, and the sender’s port id', async () => {
  const socket = open();
  socket.send({ type: 0x1234, flags: 0xf001, sequence: 77, portId: 4711, payload: cString('Hello you!') });
  const { type, flags, sequence, portId } = await answer(socket);
  expect({ type, flags, sequence, portId }).toEqual({
    type: 0x1234,
    flags: 0,
    sequence: 77,
    portId: socket.portId,
  });
});

test.each([0, 1, 2, 3, 15, 16, 0xffff])('type %i is echoed without NLM_F_REQUEST', async (type) => {
  const socket = open();
  socket.send({ type, flags: 0, payload: cString('x') });
  expect((await answer(socket)).type).toBe(type);
});

test('NLM_F_ACK is answered with an acknowledgement beside the echo', async () => {
  const socket = open();
  socket.send({ type: 20, flags: NLM_F_REQUEST | NLM_F_ACK, sequence: 5, payload: cString('x') });
  const replies = [await answer(socket), await answer(socket)];
  expect(replies.map((reply) => reply.type).sort()).toEqual([NLMSG_ERROR, 20]);
  const ack = replies.find((reply) => reply.type === NLMSG_ERROR);
  expect(ack?.sequence).toBe(5);
  expect(Buffer.from(ack?.payload ?? []).readInt32LE(0)).toBe(0);
});

test('1,000 echoes in a row come back in order', async () => {
  const socket = open();
  for (let round = 0; round < 1000; round += 1) {
    const reply = await echo(socket, cString(`round ${round}`));
    expect(Buffer.from(reply.payload).toString()).toBe(`round ${round}\0`);
  }
});

test('50 sockets at once each get their own echo', async () => {
  const replies = await Promise.all(
    Array.from({ length: 50 }, async (_, index) => {
      const socket = open();
      const reply = await echo(socket, cString(`socket ${index}`));
      return { text: Buffer.from(reply.payload).toString(), own: reply.portId === socket.portId };
    }),
  );
  expect(replies).toEqual(
    Array.from({ length: 50 }, (_, index) => ({ text: `socket ${index}\0`, own: true })),
  );
});

test('a second network namespace has an endpoint of its own', () => {
  const script = `
    const { openSocket } = require('afnetlink');
    const { cString } = require('afnetlink/wire');
    const socket = openSocket({ protocol: 17 });
    socket.send({ payload: cString('from another namespace') });
    socket.receive().then(({ payload }) => {
      console.log(Buffer.from(payload).toString());
      socket.close();
    });`;
  const out = execFileSync('unshare', ['--net', process.execPath, '-e', script], { encoding: 'utf8' });
  expect(out).toBe('from another namespace\0\n');
});

test('the log shows the text up to its NUL, escaped, with the sender’s port id', async () => {
  const socket = open();
  const received = `netlink_test: Received from pid ${socket.portId}: a\\n\\e[31m`;
  const sent = 'netlink_test: Send a\\n\\e[31m';
  // The log is rate-limited, and a burst of another test may have used it up: the limit ends after 5 s.
  for (;;) {
    await echo(socket, Uint8Array.from([...Buffer.from('a\n\u001b[31m"b'), 0, 0x63]));
    const lines = kernelLog().split('\n');
    const at = lines.findIndex((line) => line.includes(received));
    if (at >= 0) {
      expect(lines.slice(at).some((line) => line.includes(sent))).toBe(true);
      return;
    }
    await sleep(500);
  }
});
