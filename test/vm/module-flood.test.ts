// The flooder: what was sent was received or dropped, exactly. Runs in the guest.
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openSocket, type NetlinkSocket } from 'afnetlink';
import { Control, nt, queued, queuedBeforeOverrun, replyOf, valuesOf } from '../helpers/module.js';

const EBUSY = 16;
const EINVAL = 22;

let control: Control;
let events: NetlinkSocket;
const sockets: NetlinkSocket[] = [];

function open(receiveBufferSize = 212_992): NetlinkSocket {
  const socket = openSocket({ protocol: 17, options: { receiveBufferSize } });
  sockets.push(socket);
  return socket;
}

function start(portId: number, count: number, size: number): void {
  control.call('START_FLOOD', (writer) => {
    writer.u32(nt('A_PORT_ID'), portId);
    writer.u64(nt('A_COUNT'), count);
    writer.u32(nt('A_SIZE'), size);
  });
}

interface Flood {
  readonly count: number;
  readonly sent: number;
  readonly dropped: number;
  readonly running: boolean;
}

function floodOf(values: Map<number, number | boolean>): Flood {
  const number = (name: string): number => Number(values.get(nt(name)));
  return {
    count: number('A_COUNT'),
    sent: number('A_SENT'),
    dropped: number('A_DROPPED'),
    running: values.has(nt('A_RUNNING')),
  };
}

async function done(): Promise<Flood> {
  const event = replyOf(await events.receive());
  expect(event.command).toBe(nt('CMD_FLOOD_DONE'));
  return floodOf(valuesOf(event));
}

function state(): Flood {
  const [reply] = control.call('GET_FLOOD');
  if (reply === undefined) throw new Error('GET_FLOOD has no reply');
  return floodOf(valuesOf(reply));
}

beforeEach(() => {
  control = new Control();
  events = control.events();
});

afterEach(() => {
  control.call('STOP_FLOOD');
  for (const socket of [...sockets.splice(0), events]) socket.close();
  control.close();
});

test('a reader that is paused: the queue holds what was sent, the kernel counts what was dropped', async () => {
  const socket = open();
  start(socket.portId, 200_000, 64);
  const { sent, dropped, running } = await done();
  expect(running).toBe(false);
  expect(sent + dropped).toBe(200_000);
  expect(sent).toBeGreaterThan(0);
  expect(socket.memory()).toMatchObject({ drops: dropped });
  expect(socket.memory().receiveQueued).toBeGreaterThan(sent * (16 + 64));
  const messages = queuedBeforeOverrun(socket);
  expect(messages.map(({ sequence }) => sequence)).toEqual(Array.from({ length: sent }, (_, index) => index));
  expect(messages[0]).toMatchObject({
    type: nt('MSG_FLOOD'),
    portId: socket.portId,
    payload: new Uint8Array(64),
  });
});

test('a million: a reader that pauses and then reads gets what was sent, in order, and the rest is counted', async () => {
  const socket = open();
  start(socket.portId, 1_000_000, 16);
  while (socket.memory().drops === 0) await new Promise(setImmediate);
  const { receiveQueued, receiveBufferSize } = socket.memory();
  expect(receiveQueued).toBeGreaterThan(receiveBufferSize / 2);
  let received = 0;
  let inOrder = true;
  let last = -1;
  socket.onDatagrams((batch) => {
    for (let index = 0; index < batch.count; index += 1) {
      const sequence = batch.words(index)[(batch.offset(index) >> 2) + 2] ?? 0;
      inOrder &&= sequence > last;
      last = sequence;
      received += 1;
    }
  });
  const { sent, dropped } = await done();
  while (socket.memory().receiveQueued > 0) await new Promise(setImmediate);
  expect(sent + dropped).toBe(1_000_000);
  expect({ received, inOrder }).toEqual({ received: sent, inOrder: true });
  expect(socket.memory().drops).toBe(dropped);
});

test('a flood that fits drops nothing; its figures stay to be read', async () => {
  const socket = open();
  start(socket.portId, 3, 1000);
  expect(await done()).toEqual({ count: 3, sent: 3, dropped: 0, running: false });
  expect(state()).toEqual({ count: 3, sent: 3, dropped: 0, running: false });
  expect(queued(socket).map(({ payload }) => payload.length)).toEqual([1000, 1000, 1000]);
});

test('one flood at a time; stopped, it has told all', async () => {
  const socket = open();
  start(socket.portId, Number.MAX_SAFE_INTEGER, 0);
  expect(() => start(socket.portId, 1, 0)).toThrow(
    expect.objectContaining({ errno: EBUSY, message: expect.stringContaining('a flood is running') }),
  );
  expect(state().running).toBe(true);
  control.call('STOP_FLOOD');
  const { sent, dropped } = await done();
  expect(state()).toEqual({ count: Number.MAX_SAFE_INTEGER, sent, dropped, running: false });
  expect(socket.memory().drops).toBe(dropped);
});

test('a flood ends with the socket that it goes to', async () => {
  const socket = openSocket({ protocol: 17 });
  start(socket.portId, Number.MAX_SAFE_INTEGER, 100);
  socket.close();
  expect((await done()).running).toBe(false);
});

test('a flood to nobody sends nothing', async () => {
  start(0x7fff0001, 100, 100);
  expect(await done()).toEqual({ count: 100, sent: 0, dropped: 0, running: false });
});

test('every attribute is needed', () => {
  expect(() => control.call('START_FLOOD', (writer) => writer.u32(nt('A_PORT_ID'), 1))).toThrow(
    expect.objectContaining({ errno: EINVAL }),
  );
});
