// The native calls refuse by themselves what lib/ never gives them: nothing outside of the memory that a call names is read.
import { openSync, closeSync, statSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openSocket, type NetlinkSocket } from 'afnetlink';
import { native, type NativeAddon } from '#lib/native/addon';

const EFAULT = 14;
const ENODEV = 19;

/** The addon, told that its arguments may be of any type. */
type Loose = Record<keyof NativeAddon, (...values: unknown[]) => number>;

let socket: NetlinkSocket;
let receiver: NetlinkSocket;
let handle: number;
let calls: Loose;

beforeEach(() => {
  socket = openSocket({ protocol: 2 });
  receiver = openSocket({ protocol: 2 });
  socket.connect({ portId: receiver.portId });
  calls = native() as unknown as Loose;
  handle = calls.open(3, 2, -1);
  calls.connect(handle, receiver.portId, 0);
});

afterEach(() => {
  calls.close(handle);
  socket.close();
  receiver.close();
});

const memory = new ArrayBuffer(64);

describe.each(['send', 'sendTo', 'exchange', 'sendParts', 'submit'] as const)('%s', (name) => {
  const call = (buffer: unknown, offset: unknown, length: unknown): number => {
    if (name === 'sendParts') return calls.sendParts(handle, memory, buffer, offset, length);
    if (name === 'sendTo') return calls.sendTo(handle, buffer, offset, length, receiver.portId, 0);
    if (name === 'exchange') return calls.exchange(handle, buffer, offset, length, memory, 1);
    if (name === 'submit') calls.startOffload(handle);
    return calls[name](handle, buffer, offset, length);
  };

  test.each([
    ['a string', 'secret'],
    ['an array', [1, 2, 3]],
    ['a DataView', new DataView(memory)],
    ['a Uint8Array', new Uint8Array(memory)],
    ['a Float64Array', new Float64Array(memory)],
    ['nothing', undefined],
    ['null', null],
    ['a number', 16],
  ])('refuses %s for an ArrayBuffer', (_name, buffer) => {
    expect(call(buffer, 0, 0)).toBe(-EFAULT);
    expect(call(buffer, 0, 16)).toBe(-EFAULT);
    expect(call(buffer, undefined, undefined)).toBe(-EFAULT);
    expect(() => receiver.receiveSync({ timeout: 0 })).toThrow('no message');
  });

  test.each([undefined, null, '16', NaN, -1, 1.5, 65, 2 ** 32, 2 ** 32 + 16, Infinity, -Infinity, {}, true])(
    'refuses %p for a length, and for an offset',
    (value) => {
      expect(call(memory, 0, value)).toBe(-EFAULT);
      expect(call(memory, value, 16)).toBe(-EFAULT);
      expect(() => receiver.receiveSync({ timeout: 0 })).toThrow('no message');
    },
  );
});

test('a ring is mapped from the device alone, whatever else the path names', () => {
  const { rdev } = statSync('/dev/null');
  const descriptor = openSync(__filename, 'r');
  for (const path of [__filename, '/dev/null', '/dev', `/proc/self/fd/${descriptor}`, '/proc/misc'])
    for (const minor of [0, rdev & 0xff, 2 ** 32 - 1]) expect(calls.mapRing(path, minor)).toBe(-ENODEV);
  closeSync(descriptor);
});
