// netlink_test's announcements, and who may send what: endpoint flag NONROOT_RECV only. Runs in the guest.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, test } from '@jest/globals';
import { openSocket, type Message, type NetlinkSocket } from 'afnetlink';
import { cString } from 'afnetlink/wire';
import { queued, queuedBeforeOverrun } from '../helpers/module.js';
import { packageRoot, runCommand } from '../helpers/processes.js';

const ANNOUNCE = 1;
const sockets: NetlinkSocket[] = [];

function open(...groups: number[]): NetlinkSocket {
  const socket = openSocket({ protocol: 17, groups, acceptFrom: 'anyone' });
  sockets.push(socket);
  return socket;
}

const answer = (socket: NetlinkSocket): Promise<Message> => socket.receive();
const text = ({ payload }: Message): string => Buffer.from(payload).toString();

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.close();
});

test('every message is announced with its payload, type, sequence number and sender', async () => {
  const [listener, sender] = [open(ANNOUNCE), open()];
  sender.send({ type: 0x1234, sequence: 77, payload: cString('Hello you!') });
  const { type, flags, sequence, portId, payload, sender: from } = await answer(listener);
  expect({ type, flags, sequence, portId }).toEqual({
    type: 0x1234,
    flags: 0,
    sequence: 77,
    portId: sender.portId,
  });
  expect(Buffer.from(payload).toString()).toBe('Hello you!\0');
  expect(from).toMatchObject({ portId: 0, group: ANNOUNCE });
  expect(queued(sender).map(text)).toEqual(['Hello you!\0']);
});

test('a sender that listens hears its own announcement, before its echo', () => {
  const socket = open(ANNOUNCE);
  socket.send({ payload: cString('both') });
  expect(queued(socket).map((message) => message.sender.group)).toEqual([ANNOUNCE, 0]);
});

test('another group hears nothing', () => {
  const [listener, sender] = [open(2), open()];
  sender.send({ payload: cString('x') });
  expect(queued(sender)).toHaveLength(1);
  expect(queued(listener)).toEqual([]);
});

test('a message to the group reaches its members and the module, which answers once and repeats nothing', () => {
  const [listener, sender] = [open(ANNOUNCE), open()];
  sender.send({ payload: cString('to all'), to: { group: ANNOUNCE } });
  expect(queued(sender).map(text)).toEqual(['to all\0']);
  const heard = queued(listener);
  expect(heard.map(text)).toEqual(['to all\0']);
  expect(heard[0]?.sender.portId).toBe(sender.portId);
});

test('a message to another group is announced', () => {
  const [listener, sender] = [open(ANNOUNCE), open()];
  sender.send({ payload: cString('to two'), to: { group: 2 } });
  expect(queued(sender).map(text)).toEqual(['to two\0']);
  expect(queued(listener).map((message) => message.sender.portId)).toEqual([0]);
});

test('listeners in several processes each get every message, in order', async () => {
  const script = `
    const { openSocket } = require('afnetlink');
    const socket = openSocket({ protocol: 17, groups: [1] });
    console.log('listening');
    const texts = [];
    (async () => {
      while (texts.length < 20) texts.push(Buffer.from((await socket.receive()).payload).toString());
      console.log(texts.join(' '));
      socket.close();
    })();`;
  const listeners = Array.from({ length: 3 }, () => {
    const child = spawn(process.execPath, ['-e', script], {
      cwd: packageRoot,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child.stdout.setEncoding('utf8');
    return child;
  });
  await Promise.all(listeners.map((child) => once(child.stdout, 'data')));
  const results = listeners.map(async (child) => {
    let out = '';
    child.stdout.on('data', (chunk: string) => (out += chunk));
    await once(child, 'close');
    return out;
  });
  const sender = open();
  const texts = Array.from({ length: 20 }, (_, index) => `message-${index}`);
  for (const payload of texts) sender.send({ payload: Buffer.from(payload) });
  expect(await Promise.all(results)).toEqual(Array(3).fill(`${texts.join(' ')}\n`));
});

test('a listener that does not read loses announcements, and holds nobody up', async () => {
  const [listener, sender] = [open(ANNOUNCE), open()];
  listener.setOption('receiveBufferSize', 2304);
  for (let round = 0; round < 100; round += 1) {
    sender.send({ payload: cString(`round ${round}`) });
    expect(text(await answer(sender))).toBe(`round ${round}\0`);
  }
  const heard = queuedBeforeOverrun(listener).map(text);
  expect(heard.length).toBeLessThan(100);
  expect(heard).toEqual(heard.map((_, round) => `round ${round}\0`));
});

test('without a capability: the kernel answers, groups can be heard, and sending to others is refused', async () => {
  const foreign = open(ANNOUNCE);
  const script = `
    const { openSocket } = require('afnetlink');
    const { cString } = require('afnetlink/wire');
    const socket = openSocket({ protocol: 17, groups: [1] });
    for (const to of [{ group: 1 }, { portId: ${foreign.portId} }]) {
      try {
        socket.send({ payload: cString('x'), to });
        console.log('sent');
      } catch (error) {
        console.log(error.code);
      }
    }
    socket.send({ payload: cString('to the kernel') });
    for (let count = 0; count < 2; count += 1) {
      const { payload, sender } = socket.receiveSync();
      console.log(sender.group, Buffer.from(payload).toString());
    }
    socket.close();`;
  const unprivileged = ['--reuid', '65534', '--regid', '65534', '--clear-groups', '--'];
  const { stdout, stderr } = await runCommand('setpriv', [...unprivileged, process.execPath, '-e', script]);
  expect({ stdout, stderr }).toEqual({
    stdout: 'EPERM\nEPERM\n1 to the kernel\0\n0 to the kernel\0\n',
    stderr: '',
  });
});
