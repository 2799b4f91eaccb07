// Datagrams that no well-behaved client sends, byte by byte. Runs in the guest.
import { execFileSync } from 'node:child_process';
import { endianness } from 'node:os';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { kernelLog } from '../helpers/kernel-log.js';
import { RawSocket } from '../helpers/raw-socket.js';

/** A message whose header claims `length` bytes, by default as many as it has. */
function message(sequence: number, payload: string, length = 16 + payload.length): Buffer {
  const bytes = Buffer.alloc(16 + payload.length);
  if (endianness() !== 'LE') throw new Error('the guest is x86');
  bytes.writeUInt32LE(length, 0);
  bytes.writeUInt16LE(40, 4);
  bytes.writeUInt32LE(sequence, 8);
  bytes.write(payload, 16, 'latin1');
  return bytes;
}

let socket: RawSocket;

beforeEach(() => {
  socket = new RawSocket(17);
});

afterEach(() => {
  socket.close();
});

const texts = (): string[] => socket.receive().map(({ payload }) => Buffer.from(payload).toString('latin1'));

test('two messages in one datagram each get their echo, in order', () => {
  socket.send(Buffer.concat([message(1, 'four'), message(2, 'eight...')]));
  const replies = socket.receive();
  expect(replies.map(({ sequence, datagram }) => ({ sequence, datagram }))).toEqual([
    { sequence: 1, datagram: 0 },
    { sequence: 2, datagram: 1 },
  ]);
  expect(replies.map(({ payload }) => Buffer.from(payload).toString())).toEqual(['four', 'eight...']);
});

test('a last message without padding is echoed too', () => {
  socket.send(Buffer.concat([message(1, 'four'), message(2, 'odd')]));
  expect(texts()).toEqual(['four', 'odd']);
});

test.each([
  ['half a header', message(1, '').subarray(0, 8)],
  ['a length of 0', message(1, 'text', 0)],
  ['a length shorter than the header', message(1, 'text', 15)],
  ['a length beyond the datagram', message(1, 'text', 21)],
  ['a length beyond all memory', message(1, 'text', 0xffffffff)],
  ['a negative length', message(1, 'text', 0x80000000)],
])('%s gets no answer, and the endpoint goes on', (_, bytes) => {
  socket.send(bytes);
  expect(texts()).toEqual([]);
  socket.send(message(2, 'still here'));
  expect(texts()).toEqual(['still here']);
});

test('what is well-formed before a malformed message is echoed', () => {
  socket.send(Buffer.concat([message(1, 'good'), message(2, 'bad.', 99)]));
  expect(texts()).toEqual(['good']);
});

test('the classic C client gets its echo', () => {
  const out = execFileSync('out/test/vm/classic_nl_recv', ['Hello you!'], { encoding: 'utf8' });
  expect(out).toBe('Send to kernel: Hello you!\nReceived from kernel: Hello you!\n');
  expect(kernelLog()).toMatch(/netlink_test: Received from pid \d+: Hello you!\n/);
});
