// The module's echo without netlink: write and read, and ioctl. Runs in the guest.
import { execFileSync } from 'node:child_process';
import { closeSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { native } from '#lib/native/addon';

const DEVICE = '/dev/netlink_test_echo';
const MAX = 65_536;
const EBADF = 9;
const EFAULT = 14;
const EINVAL = 22;
const ENOTTY = 25;
const EMSGSIZE = 90;

const patterned = (length: number): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length }, (_, index) => (index * 7) % 256);

describe.each([DEVICE, '/proc/netlink_test_echo'])('%s', (path) => {
  let file: number;

  beforeEach(() => {
    file = openSync(path, 'r+');
  });

  afterEach(() => closeSync(file));

  const read = (from = file, room = MAX + 1): Buffer => {
    const bytes = Buffer.alloc(room);
    return bytes.subarray(0, readSync(from, bytes));
  };

  test.each([0, 1, 4096, MAX])('gives %i bytes back', (length) => {
    const bytes = patterned(length);
    expect(writeSync(file, bytes)).toBe(length);
    expect(read()).toEqual(Buffer.from(bytes));
    expect(read()).toHaveLength(0);
  });

  test('in pieces, from the beginning after each write', () => {
    writeSync(file, 'first');
    expect(read(file, 3).toString()).toBe('fir');
    expect(read().toString()).toBe('st');
    writeSync(file, 'second');
    expect(read().toString()).toBe('second');
  });

  test('to each open file what it was given; nothing at first', () => {
    const other = openSync(path, 'r+');
    writeSync(file, 'mine');
    expect(read(other)).toHaveLength(0);
    expect(read().toString()).toBe('mine');
    closeSync(other);
  });

  test('and no more than 65,536', () => {
    writeSync(file, 'kept');
    expect(() => writeSync(file, new Uint8Array(MAX + 1))).toThrow(
      expect.objectContaining({ code: 'EMSGSIZE' }),
    );
    expect(read().toString()).toBe('kept');
  });

  test('is root’s alone', () => expect(statSync(path).mode & 0o777).toBe(0o600));
});

describe('ioctl', () => {
  let device: number;

  beforeEach(() => {
    device = openSync(DEVICE, 'r+');
  });

  afterEach(() => closeSync(device));

  test.each([0, 1, 4096, MAX])('gives %i bytes back', (length) => {
    const bytes = patterned(length);
    expect(native().echoByIoctl(device, bytes.buffer, length)).toBe(0);
    expect(bytes).toEqual(patterned(length));
  });

  test('refuses what is too long, not there, or not its own', () => {
    const bytes = new ArrayBuffer(MAX + 1);
    expect(native().echoByIoctl(device, bytes, MAX + 1)).toBe(-EMSGSIZE);
    expect(native().echoByIoctl(device, bytes, MAX + 2)).toBe(-EINVAL);
    expect(native().echoByIoctl(-1, bytes, 1)).toBe(-EBADF);
    const other = openSync('/dev/null', 'r+');
    expect(native().echoByIoctl(other, bytes, 1)).toBe(-ENOTTY);
    closeSync(other);
  });

  test('refuses an address that is none, reserved bytes that are set, and other requests', () => {
    const script = `
import fcntl, struct, sys
device = open('${DEVICE}', 'r+b', buffering=0)
echo = 0xc01825e0
def outcome(request, argument):
    try:
        fcntl.ioctl(device, request, argument)
        return 0
    except OSError as error:
        return error.errno
print([outcome(echo, struct.pack('=QI3I', 8, 4, 0, 0, 0)),
       outcome(echo, struct.pack('=QI3I', 0, 0, 0, 1, 0)),
       outcome(echo, struct.pack('=QI3I', 0, 0, 0, 0, 0)),
       outcome(echo + 1, struct.pack('=QI3I', 0, 0, 0, 0, 0))])`;
    const printed = execFileSync('python3', ['-c', script], { encoding: 'utf8' });
    expect(JSON.parse(printed)).toEqual([EFAULT, EINVAL, 0, ENOTTY]);
  });
});
