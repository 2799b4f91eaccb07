// Conversations that the kernel begins, and the counters of a namespace. Runs in the guest.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openSocket, type Message, type NetlinkSocket } from 'afnetlink';
import { cString } from 'afnetlink/wire';
import { Control, nt, queued, queuedBeforeOverrun } from '../helpers/module.js';
import { runInProcess } from '../helpers/processes.js';

const EPERM = 1;
const ENOENT = 2;
const EEXIST = 17;
const EINVAL = 22;
const ENOSPC = 28;
const ERANGE = 34;

const trigger = '/sys/kernel/debug/netlink_test/trigger';
const sockets: NetlinkSocket[] = [];
let control: Control;

function open(...groups: number[]): NetlinkSocket {
  const socket = openSocket({ protocol: 17, groups, acceptFrom: 'anyone' });
  sockets.push(socket);
  return socket;
}

const next = (socket: NetlinkSocket): Promise<Message> => socket.receive();
const text = ({ payload }: Message): string => Buffer.from(payload).toString();
const register = (portId: number): void =>
  void control.call('REGISTER', (w) => w.u32(nt('A_PORT_ID'), portId));
const unregister = (portId: number): void =>
  void control.call('UNREGISTER', (w) => w.u32(nt('A_PORT_ID'), portId));

beforeEach(() => {
  control = new Control();
  try {
    writeFileSync(trigger, '');
  } catch {
    execFileSync('mount', ['-t', 'debugfs', 'debugfs', '/sys/kernel/debug']);
  }
});

afterEach(() => {
  control.call('STOP_TIMER');
  control.close();
  for (const socket of sockets.splice(0)) socket.close();
});

test('what is written to the trigger file reaches registered port ids and the group, and no one else', () => {
  const [registered, listener, stranger] = [open(), open(1), open()];
  register(registered.portId);
  const before = control.counters();
  writeFileSync(trigger, 'The kernel speaks\n');
  const [message, ...more] = queued(registered);
  expect(message).toMatchObject({
    type: nt('MSG_TRIGGER'),
    flags: 0,
    sequence: 0,
    portId: registered.portId,
    sender: { portId: 0, group: 0 },
  });
  expect(message && text(message)).toBe('The kernel speaks\0');
  expect(more).toEqual([]);
  expect(queued(listener)).toMatchObject([{ type: nt('MSG_TRIGGER'), portId: 0, sender: { group: 1 } }]);
  expect(queued(stranger)).toEqual([]);
  expect(control.countedSince(before)).toEqual({ begun: 1, announced: 1, copiedBytes: 36 });
});

test('a text longer than 4096 bytes is refused', () => {
  writeFileSync(trigger, 'x'.repeat(4096));
  expect(() => writeFileSync(trigger, 'x'.repeat(4097))).toThrow(
    expect.objectContaining({ code: 'EMSGSIZE' }),
  );
});

test('the timer ticks until it is stopped', async () => {
  const socket = open();
  register(socket.portId);
  // Slow enough that the queue of a reader that is held up for seconds has room for all ticks.
  control.call('START_TIMER', (w) => w.u32(nt('A_PERIOD'), 50));
  const first = await next(socket);
  for (let tick = first.sequence + 1; tick < first.sequence + 5; tick += 1) {
    const message = await next(socket);
    expect(message).toMatchObject({ type: nt('MSG_TICK'), sequence: tick });
    expect(text(message)).toBe(`tick ${tick}\0`);
  }
  control.call('STOP_TIMER');
  queued(socket);
  const before = control.counters();
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(queued(socket)).toEqual([]);
  expect(control.countedSince(before)).toEqual({});
});

test('a registration ends with its socket, so that the next owner of the port id hears nothing', () => {
  const first = openSocket({ protocol: 17, portId: 4711 });
  register(4711);
  writeFileSync(trigger, 'to the first');
  expect(queued(first)).toHaveLength(1);
  first.close();
  const second = openSocket({ protocol: 17, portId: 4711 });
  sockets.push(second);
  writeFileSync(trigger, 'to nobody');
  expect(queued(second)).toEqual([]);
  register(4711);
  writeFileSync(trigger, 'to the second');
  expect(queued(second).map(text)).toEqual(['to the second\0']);
});

test('a port id that nobody is bound to is forgotten at the first message', () => {
  register(0x7fff0001);
  const before = control.counters();
  writeFileSync(trigger, 'x');
  expect(() => unregister(0x7fff0001)).toThrow(expect.objectContaining({ errno: ENOENT }));
  expect(control.countedSince(before)).toEqual({ copiedBytes: 2 });
});

test('unregistered means silent', () => {
  const [first, second] = [open(), open()];
  register(first.portId);
  register(second.portId);
  unregister(first.portId);
  writeFileSync(trigger, 'x');
  expect([queued(first).length, queued(second).length]).toEqual([0, 1]);
});

test('bad requests are refused with the reason', () => {
  const socket = open();
  register(socket.portId);
  const refused = (call: () => unknown, errno: number, words: string): void =>
    expect(call).toThrow(expect.objectContaining({ errno, message: expect.stringContaining(words) }));
  refused(() => register(socket.portId), EEXIST, 'registered already');
  refused(() => unregister(0x7fff0002), ENOENT, 'not registered');
  refused(() => control.call('REGISTER'), EINVAL, '');
  refused(() => register(0), ERANGE, '');
  refused(() => control.call('START_TIMER', (w) => w.u32(nt('A_PERIOD'), 0)), ERANGE, '');
  refused(() => control.call('START_TIMER', (w) => w.u32(nt('A_PERIOD'), 30_001)), ERANGE, '');
  const ids = Array.from({ length: 63 }, (_, index) => 0x70000000 + index);
  ids.forEach(register);
  refused(() => register(0x71000000), ENOSPC, 'no more port ids');
  ids.forEach(unregister);
});

test('only get-counters works without CAP_NET_ADMIN', async () => {
  const script = `
    const { Control, nt } = require('./out/test/helpers/module.js');
    const control = new Control();
    console.log(typeof control.counters().received);
    for (const [command, attribute] of [['REGISTER', 'A_PORT_ID'], ['START_TIMER', 'A_PERIOD'], ['STOP_TIMER']]) {
      try {
        control.call(command, (writer) => attribute && writer.u32(nt(attribute), 7));
      } catch (error) {
        console.log(error.errno);
      }
    }
    control.close();`;
  const unprivileged = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups', '--'];
  expect(await runInProcess(script, { prefix: unprivileged })).toMatchObject({
    stdout: `number\n${`${EPERM}\n`.repeat(3)}`,
    stderr: '',
  });
});

test('the counters say what happened here', () => {
  const [socket, listener] = [open(), open(1)];
  const before = control.counters();
  socket.send({ payload: cString('four') });
  socket.send({ payload: cString('four'), to: { group: 1 } });
  expect(control.countedSince(before)).toEqual({
    received: 2,
    privileged: 2,
    handledInCall: 2,
    echoed: 2,
    announced: 1,
    copiedBytes: 15,
  });
  expect(queued(listener)).toHaveLength(2);
});

test('an echo that does not fit is counted as dropped', () => {
  const socket = open();
  socket.setOption('receiveBufferSize', 2304);
  const before = control.counters();
  for (let count = 0; count < 20; count += 1) socket.send({ payload: new Uint8Array(500) });
  const { received = 0, echoed = 0, dropped = 0 } = control.countedSince(before);
  expect(received).toBe(20);
  expect(dropped).toBeGreaterThan(0);
  expect(echoed + dropped).toBe(20);
  expect(queuedBeforeOverrun(socket)).toHaveLength(echoed);
  expect(queued(socket)).toEqual([]);
});

test('another namespace has counters, registrations and a trigger of its own', async () => {
  const socket = open(1);
  register(socket.portId);
  const before = control.counters();
  const script = `
    const { writeFileSync } = require('node:fs');
    const { openSocket } = require('afnetlink');
    const { cString } = require('afnetlink/wire');
    const { Control, nt, queued } = require('./out/test/helpers/module.js');
    const control = new Control();
    const socket = openSocket({ protocol: 17 });
    console.log(JSON.stringify(control.countedSince({})));
    socket.send({ payload: cString('here') });
    control.call('REGISTER', (writer) => writer.u32(nt('A_PORT_ID'), socket.portId));
    writeFileSync('${trigger}', 'there');
    console.log(JSON.stringify(control.countedSince({})));
    console.log(queued(socket).map(({ payload }) => Buffer.from(payload).toString()).join(' '));
    socket.close();
    control.close();`;
  // netlink_has_listeners() knows no namespaces: for the listener outside, the announcements are made, and heard by nobody.
  expect(await runInProcess(script, { prefix: ['unshare', '--net'] })).toMatchObject({
    stdout:
      '{}\n{"received":1,"echoed":1,"begun":1,"copiedBytes":22,"privileged":1,"handledInCall":1}\nhere\0 there\0\n',
    stderr: '',
  });
  expect(queued(socket)).toEqual([]);
  expect(control.countedSince(before)).toEqual({});
});
