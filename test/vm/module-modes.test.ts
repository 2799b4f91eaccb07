// The echo that sleeps, and the echo from a work item. Runs in the guest.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openSocket, type Message, type NetlinkSocket } from 'afnetlink';
import { cString } from 'afnetlink/wire';
import { Control, nt, queued, valuesOf } from '../helpers/module.js';
import { packageRoot, runInProcess } from '../helpers/processes.js';

const ENOBUFS = 105;
const NLMSG_ERROR = 2;
const NLM_F_REQUEST = 0x1;
const NLM_F_ACK = 0x4;

let control: Control;
const sockets: NetlinkSocket[] = [];

function open(): NetlinkSocket {
  const socket = openSocket({ protocol: 17 });
  sockets.push(socket);
  return socket;
}

function setMode(
  mode: 'DIRECT' | 'DEFERRED',
  { sleep, limit }: { sleep?: number; limit?: number } = {},
): void {
  control.call('SET_MODE', (writer) => {
    writer.u32(nt('A_MODE'), nt(`MODE_${mode}`));
    if (sleep !== undefined) writer.u32(nt('A_SLEEP'), sleep);
    if (limit !== undefined) writer.u32(nt('A_QUEUE_LIMIT'), limit);
  });
}

function mode(): Record<string, number | boolean | undefined> {
  const [reply] = control.call('GET_MODE');
  if (reply === undefined) throw new Error('GET_MODE has no reply');
  const values = valuesOf(reply);
  return {
    mode: values.get(nt('A_MODE')),
    sleep: values.get(nt('A_SLEEP')),
    limit: values.get(nt('A_QUEUE_LIMIT')),
    queued: values.get(nt('A_QUEUED')),
  };
}

const next = (socket: NetlinkSocket): Promise<Message> => socket.receive();
const isRefusal = ({ type, payload }: Message): boolean =>
  type === NLMSG_ERROR && Buffer.from(payload).readInt32LE(0) === -ENOBUFS;

beforeEach(() => {
  control = new Control();
});

afterEach(() => {
  setMode('DIRECT');
  control.close();
  for (const socket of sockets.splice(0)) socket.close();
});

test('the mode can be read, and what is left out is the default', () => {
  expect(mode()).toEqual({ mode: nt('MODE_DIRECT'), sleep: 0, limit: 1024, queued: 0 });
  setMode('DEFERRED', { sleep: 3, limit: 7 });
  expect(mode()).toEqual({ mode: nt('MODE_DEFERRED'), sleep: 3, limit: 7, queued: 0 });
  setMode('DIRECT');
  expect(mode()).toEqual({ mode: nt('MODE_DIRECT'), sleep: 0, limit: 1024, queued: 0 });
});

test('in direct mode the sender itself runs the handler; deferred, the kernel does, later, in order', async () => {
  const socket = open();
  const before = control.counters();
  socket.send({ payload: cString('x') });
  expect(queued(socket)).toHaveLength(1);
  expect(control.countedSince(before)).toMatchObject({ received: 1, handledInCall: 1, echoed: 1 });
  setMode('DEFERRED');
  for (let sequence = 1; sequence <= 50; sequence += 1) {
    socket.send({ sequence, flags: NLM_F_REQUEST | NLM_F_ACK, payload: cString(`round ${sequence}`) });
  }
  for (let sequence = 1; sequence <= 50; sequence += 1) {
    expect(await next(socket)).toMatchObject({
      sequence,
      type: 16,
      payload: new Uint8Array(cString(`round ${sequence}`)),
    });
    expect(await next(socket)).toMatchObject({ sequence, type: NLMSG_ERROR });
  }
  expect(control.countedSince(before)).toMatchObject({
    received: 51,
    handledInCall: 1,
    handledLater: 50,
    echoed: 51,
  });
});

test('the queue is bounded: what does not fit is refused with ENOBUFS, the rest is answered', () => {
  const socket = open();
  setMode('DEFERRED', { sleep: 2000, limit: 2 });
  const before = control.counters();
  for (let sequence = 1; sequence <= 10; sequence += 1) socket.send({ sequence, payload: cString('x') });
  const refused = queued(socket).filter(isRefusal);
  expect(refused.length).toBeGreaterThanOrEqual(7);
  setMode('DIRECT');
  const answered = queued(socket);
  expect(answered.every(({ type }) => type === 16)).toBe(true);
  expect([...answered, ...refused].map(({ sequence }) => sequence).sort((a, b) => a - b)).toEqual([
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
  ]);
  expect(control.countedSince(before)).toMatchObject({
    received: answered.length,
    echoed: answered.length,
    dropped: refused.length,
  });
});

test('a sender that is gone when its turn comes harms nobody', () => {
  setMode('DEFERRED', { sleep: 50 });
  const before = control.counters();
  for (let round = 0; round < 5; round += 1) {
    const socket = openSocket({ protocol: 17 });
    socket.send({ flags: NLM_F_REQUEST | NLM_F_ACK, payload: cString('last words') });
    socket.close();
  }
  setMode('DIRECT');
  expect(control.countedSince(before)).toMatchObject({ received: 5, handledLater: 5 });
  const socket = open();
  socket.send({ payload: cString('still here') });
  expect(queued(socket)).toHaveLength(1);
});

test('a sleeping handler holds its sender inside the system call; a signal frees it', async () => {
  setMode('DIRECT', { sleep: 10_000 });
  const script = `
    const { openSocket } = require('afnetlink');
    const { cString } = require('afnetlink/wire');
    const socket = openSocket({ protocol: 17 });
    console.log('sending');
    socket.send({ payload: cString('slowly') });
    console.log('sent');`;
  const child = spawn(process.execPath, ['-e', script], {
    cwd: packageRoot,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  const asleep = /msleep_interruptible[^]*echo_\w+\S+ \[netlink_test\][^]*netlink_sendmsg/;
  while (!asleep.test(readFileSync(`/proc/${child.pid ?? 0}/stack`, 'utf8'))) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  child.kill('SIGKILL');
  const [, signal] = (await once(child, 'close')) as [number | null, string];
  expect({ signal, out }).toEqual({ signal: 'SIGKILL', out: 'sending\n' });
});

test.each(['DIRECT', 'DEFERRED'] as const)(
  'mode %s knows a privileged sender by what its own context said',
  async (kind) => {
    setMode(kind);
    const script = `
    const { openSocket } = require('afnetlink');
    const { cString } = require('afnetlink/wire');
    const socket = openSocket({ protocol: 17 });
    socket.send({ payload: cString('x') });
    socket.receiveSync();
    socket.close();`;
    const before = control.counters();
    const nobody = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups', '--'];
    expect(await runInProcess(script, { prefix: nobody })).toMatchObject({ status: 0, stderr: '' });
    const between = control.counters();
    expect(await runInProcess(script)).toMatchObject({ status: 0, stderr: '' });
    expect(between['privileged']).toBe(before['privileged']);
    expect(control.countedSince(between)).toMatchObject({ received: 1, privileged: 1 });
  },
);

test('a deferred queue is flushed before its namespace ends', async () => {
  const script = `
    const { openSocket } = require('afnetlink');
    const { cString } = require('afnetlink/wire');
    const { Control, nt } = require('./out/test/helpers/module.js');
    const control = new Control();
    control.call('SET_MODE', (writer) => {
      writer.u32(nt('A_MODE'), nt('MODE_DEFERRED'));
      writer.u32(nt('A_SLEEP'), 100);
    });
    const socket = openSocket({ protocol: 17 });
    for (let count = 0; count < 10; count += 1) socket.send({ payload: cString('x') });
    process.exit(0);`;
  expect(await runInProcess(script, { prefix: ['unshare', '--net'] })).toMatchObject({
    status: 0,
    stderr: '',
  });
});
