// The mapped ring: the same pages on both sides, no copy, and nothing that user space can do to it. Runs in the guest.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readdirSync, readlinkSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import {
  NETLINK_TEST_MSG_RING_DATA,
  NETLINK_TEST_MSG_RING_RECEIPT,
  openMappedRing,
  readData,
  readReceipt,
  type MappedRing,
  type RingReceipt,
} from 'afnetlink/ring';
import { openSocket } from 'afnetlink';
import { kernelLog } from '../helpers/kernel-log.js';
import { Control, nt } from '../helpers/module.js';
import { runCommand, runInProcess, runInWorker } from '../helpers/processes.js';

const SLOTS = 16;
const EBADF = 9;
const EFAULT = 14;
const EINVAL = 22;
// Words of struct netlink_test_ring_head.
const TO_KERNEL_FILLED = 0;
const TO_USER_EMPTIED = 48;

let control: Control;
let ring: MappedRing;
let before: Record<string, number>;
let logged: number;

beforeEach(() => {
  control = new Control();
  ring = openMappedRing();
  before = control.counters();
  logged = kernelLog().length;
});

afterEach(() => {
  ring.close();
  control.close();
  expect(kernelLog().slice(logged)).not.toMatch(/BUG|WARNING|Oops|Call Trace|leak|refcount/i);
});

const patterned = (length: number, start: number): Uint8Array =>
  Uint8Array.from({ length }, (_, index) => (start + index) % 256);

function receipts(): (RingReceipt & { sequence: number })[] {
  const read: (RingReceipt & { sequence: number })[] = [];
  ring.read(({ type, sequence, payload }) => {
    expect(type).toBe(NETLINK_TEST_MSG_RING_RECEIPT);
    read.push({ ...readReceipt(payload), sequence });
  });
  return read;
}

/** This process's descriptors of the device. */
function openDevices(): number[] {
  return readdirSync('/proc/self/fd')
    .filter((name) => existsSync(`/proc/self/fd/${name}`))
    .filter((name) => readlinkSync(`/proc/self/fd/${name}`) === '/dev/netlink_test')
    .map(Number);
}

test.each([1, 100, 4080])(
  'the kernel reads %i bytes where they lie: the same page frame, nothing copied',
  async (length) => {
    const bytes = patterned(length, 7);
    const slot = ring.write(length, (payload) => payload.set(bytes), { sequence: 99 });
    expect(slot).toBe(0);
    expect(await ring.submit()).toEqual({ slots: 1, malformed: 0 });
    const frames = await ring.frames();
    expect(new Set(frames).size).toBe(33);
    expect(receipts()).toEqual([{ sequence: 99, length, checksum: crc32(bytes), frame: frames[1] }]);
    expect(control.countedSince(before)).toEqual({
      received: 1,
      privileged: 1,
      handledInCall: 1,
      ringReceived: 1,
      ringProduced: 1,
    });
  },
);

test('what the kernel produces lies in the page that it was produced in', async () => {
  expect(await ring.produce(5, 4072)).toBe(5);
  const frames = await ring.frames();
  let expected = 0;
  const count = ring.read(({ type, sequence, slot, payload }) => {
    expect({ type, sequence, slot }).toEqual({
      type: NETLINK_TEST_MSG_RING_DATA,
      sequence: expected,
      slot: expected,
    });
    const data = readData(payload);
    expect(data.frame).toBe(frames[17 + slot]);
    expect(data.bytes.buffer).toBe(ring.memory);
    expect(Buffer.compare(data.bytes, patterned(4072, expected))).toBe(0);
    expected += 1;
  });
  expect(count).toBe(5);
  expect(control.countedSince(before)).toEqual({ ringProduced: 5 });
});

test('the same counter grows where the socket’s echo copies', () => {
  using socket = openSocket({ protocol: 17 });
  socket.send({ payload: new Uint8Array(100) });
  expect(control.countedSince(before)).toMatchObject({ echoed: 1, copiedBytes: 100 });
});

test('a ring goes round, keeps its order, and is bounded on both sides', async () => {
  let sequence = 0;
  for (let round = 0; round < 5; round += 1) {
    while (ring.write(8, (payload) => payload.fill(round), { sequence: sequence % SLOTS }) !== undefined) {
      sequence += 1;
    }
    expect(await ring.submit()).toEqual({ slots: SLOTS, malformed: 0 });
    // No room for receipts: what is written now waits.
    expect(ring.write(8, (payload) => payload.fill(round), { sequence: 1000 })).toBeDefined();
    expect(await ring.submit()).toEqual({ slots: 0, malformed: 0 });
    expect(await ring.produce(1, 1)).toBe(0);
    expect(receipts().map((receipt) => receipt.sequence)).toEqual([...Array(SLOTS).keys()]);
    expect(await ring.submit()).toEqual({ slots: 1, malformed: 0 });
    expect(receipts().map((receipt) => receipt.sequence)).toEqual([1000]);
  }
  expect(control.countedSince(before)).toMatchObject({ ringReceived: 5 * (SLOTS + 1) });
  expect(control.countedSince(before)).not.toHaveProperty('copiedBytes');
});

test.each([17, 0x8000_0000, 0xffff_ffff])('an index that is %i slots ahead is refused', async (value) => {
  const words = new Uint32Array(ring.memory);
  words[TO_KERNEL_FILLED] = value;
  await expect(ring.submit()).rejects.toMatchObject({
    errno: EINVAL,
    extack: { message: 'to_kernel.filled is behind or too far ahead' },
  });
  words[TO_KERNEL_FILLED] = 0;
  words[TO_USER_EMPTIED] = -value;
  await expect(ring.produce(1, 1)).rejects.toMatchObject({
    errno: EINVAL,
    extack: { message: 'to_user.emptied is ahead or too far behind' },
  });
  expect(ring.write(1, () => undefined)).toBe(0);
  await expect(ring.submit()).rejects.toMatchObject({ errno: EINVAL });
  words[TO_USER_EMPTIED] = 0;
  expect(await ring.submit()).toEqual({ slots: 1, malformed: 0 });
  expect(receipts()).toHaveLength(1);
});

test('the indexes that are the kernel’s it does not read back', async () => {
  const words = new Uint32Array(ring.memory);
  words.fill(0xdead_beef, 16, 17);
  words.fill(0xdead_beef, 32, 33);
  ring.produce(1, 1).catch(() => undefined);
  expect(await ring.produce(1, 1)).toBe(1);
  expect(words[32]).toBe(2);
});

test.each([0, 15, 16, 4097, 0xffff_ffff])(
  'a header that claims %i bytes is malformed and gets no receipt',
  async (length) => {
    const offset = (ring.memory.byteLength / 33) * 2;
    for (let count = 0; count < 3; count += 1) ring.write(4, () => undefined);
    new Uint32Array(ring.memory, offset, 1)[0] = length;
    expect(await ring.submit()).toEqual({ slots: 3, malformed: 1 });
    expect(receipts().map(({ sequence }) => sequence)).toEqual([0, 2]);
    expect(control.countedSince(before)).toMatchObject({ ringReceived: 2, ringMalformed: 1 });
  },
);

/** Overwrites messages' lengths, bytes and, seldom, indexes of the ring that is its descriptor 3, until it is killed. */
const scribble = `
import mmap, random, struct
ring = mmap.mmap(3, 33 * mmap.PAGESIZE)
print('scribbling', flush=True)
while True:
    word = 1024 * random.randrange(1, 33) + random.choice([0, random.randrange(1024)])
    if random.random() < 0.0001: word = random.choice([0, 48])
    value = random.choice([random.randrange(40), random.randrange(4200), random.getrandbits(32)])
    struct.pack_into('=I', ring, word * 4, value)
`;

test('another process that overwrites the ring while the kernel works on it harms nobody', async () => {
  const device = openDevices()[0];
  const child = spawn('python3', ['-c', scribble], { stdio: ['ignore', 'pipe', 'inherit', device] });
  if (child.stdout === null) throw new Error('spawn made no pipe');
  const ended = once(child, 'close');
  await Promise.race([once(child.stdout, 'data'), ended]);
  const outcomes = new Map<string, number>();
  const words = new Uint32Array(ring.memory);
  // However little of the processor it gets, an index of its making is to be met.
  for (let round = 0; round < 1000 || !outcomes.has('EINVAL'); round += 1) {
    // Else an index that cannot be ends every round.
    if (round % 2 === 0) words[TO_USER_EMPTIED] = words[TO_USER_EMPTIED - 16] ?? 0;
    if (round % 2 === 0) words[TO_KERNEL_FILLED] = (words[TO_KERNEL_FILLED + 16] ?? 0) + (round % SLOTS);
    for (const { status, reason } of (await Promise.allSettled<unknown>([
      ring.submit(),
      ring.produce(round % 20, round % 4000),
    ])) as { status: string; reason?: { code: string } }[]) {
      const outcome = reason?.code ?? status;
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
  }
  expect(child.exitCode).toBeNull();
  child.kill('SIGKILL');
  await ended;
  expect([...outcomes.keys()].sort()).toEqual(['EINVAL', 'fulfilled']);
  const { ringReceived, ringMalformed, ringProduced } = control.countedSince(before);
  expect({ ringReceived, ringMalformed, ringProduced }).toEqual({
    ringReceived: expect.any(Number),
    ringMalformed: expect.any(Number),
    ringProduced: expect.any(Number),
  });
  const fresh = openMappedRing();
  fresh.write(4, () => undefined);
  expect(await fresh.submit()).toEqual({ slots: 1, malformed: 0 });
  fresh.close();
}, 300_000);

test('a descriptor that is none, or of another file, is refused', () => {
  const submit = (descriptor: number) => (): unknown =>
    control.call('RING_SUBMIT', (writer) => writer.s32(nt('A_FD'), descriptor));
  expect(submit(-1)).toThrow(expect.objectContaining({ errno: 34 }));
  expect(submit(999_999)).toThrow(expect.objectContaining({ errno: EBADF }));
  const other = openSync('/dev/null', 'r+');
  expect(submit(other)).toThrow(expect.objectContaining({ errno: EINVAL }));
  const unmapped = openSync('/dev/netlink_test', 'r+');
  expect(() => control.call('RING_GET_FRAMES', (writer) => writer.s32(nt('A_FD'), unmapped))).toThrow(
    expect.objectContaining({ errno: EFAULT }),
  );
  expect(() => control.call('RING_SUBMIT')).toThrow(expect.objectContaining({ errno: EINVAL }));
  for (const descriptor of [other, unmapped]) closeSync(descriptor);
});

test('bad arguments are refused before anything is written', async () => {
  for (const length of [0, 4081, 1.5, -1]) {
    expect(() => ring.write(length, () => undefined)).toThrow(
      expect.objectContaining({ code: 'ERR_NETLINK_INVALID_ARGUMENT' }),
    );
  }
  await expect(ring.produce(1, 4073)).rejects.toEqual(
    expect.objectContaining({ code: 'ERR_NETLINK_INVALID_ARGUMENT' }),
  );
  expect(() => openMappedRing({ path: '/nowhere' })).toThrow(
    expect.objectContaining({ code: 'ENOENT', message: expect.stringContaining('does not exist') }),
  );
});

// A file would be read as a ring, and end the process with SIGBUS where it is shorter; /dev/netlink_test_echo belongs to the same
// module, and a block device or a directory cannot be opened for writing.
test.each(['/dev/null', '/dev/netlink_test_echo', '/etc/passwd', '/proc/misc', '/dev', __filename])(
  '%s is not a ring',
  (path) => {
    const before = readdirSync('/proc/self/fd').length;
    expect(() => openMappedRing({ path })).toThrow(
      expect.objectContaining({ code: 'ENODEV', message: expect.stringContaining(`${path} is not a ring`) }),
    );
    expect(readdirSync('/proc/self/fd').length).toBe(before);
  },
);

test('what throws while it fills has written nothing', async () => {
  const failure = new Error('not today');
  expect(() =>
    ring.write(4, () => {
      throw failure;
    }),
  ).toThrow(failure);
  expect(await ring.submit()).toEqual({ slots: 0, malformed: 0 });
});

test('close leaves live views empty, and ends once', async () => {
  const view = new Uint8Array(ring.memory);
  const { memory } = ring;
  const pending = ring.submit();
  ring.close();
  ring.close();
  await expect(pending).rejects.toMatchObject({ code: 'ERR_NETLINK_CLOSED' });
  expect({ length: view.length, bytes: memory.byteLength, first: view[0] }).toEqual({
    length: 0,
    bytes: 0,
    first: undefined,
  });
  view[0] = 1;
  expect(() => ring.write(1, () => undefined)).toThrow(
    expect.objectContaining({ code: 'ERR_NETLINK_CLOSED' }),
  );
  await expect(ring.frames()).rejects.toMatchObject({ code: 'ERR_NETLINK_CLOSED' });
  expect(openDevices()).toEqual([]);
});

test('close inside a callback ends the callback’s view, not the process', async () => {
  await ring.produce(3, 10);
  let seen = 0;
  expect(
    ring.read(({ payload }) => {
      ring.close();
      seen += payload.length;
    }),
  ).toBe(1);
  expect(seen).toBe(0);
});

test('memory that was moved to another ArrayBuffer outlives close', async () => {
  const script = `
    const { openMappedRing } = require('afnetlink/ring');
    const { readFileSync } = require('node:fs');
    const mapped = () => readFileSync('/proc/self/maps', 'utf8').includes('/dev/netlink_test');
    let ring = openMappedRing();
    let moved = ring.memory.transfer?.();
    ring.close();
    const held = new Uint8Array(moved ?? 0);
    held.fill(1);
    const whileHeld = held.length > 0 === mapped();
    (async () => {
      ring = moved = undefined;
      for (let round = 0; round < 20 && mapped(); round += 1) {
        gc();
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      console.log(whileHeld, held.length > 0 === mapped());
    })();`;
  expect(await runInProcess(script, { nodeArguments: ['--expose-gc'] })).toMatchObject({
    status: 0,
    stdout: 'true true\n',
    stderr: '',
  });
});

test('a ring that is forgotten is unmapped by the collector', async () => {
  const script = `
    const { openMappedRing } = require('afnetlink/ring');
    const { readFileSync, readdirSync, readlinkSync } = require('node:fs');
    const left = () => readFileSync('/proc/self/maps', 'utf8').split('/dev/netlink_test').length - 1;
    (() => { for (let count = 0; count < 50; count += 1) openMappedRing(); })();
    const opened = left();
    (async () => {
      for (let round = 0; round < 100 && left() > 0; round += 1) {
        gc();
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      console.log(opened > 0, left());
    })();`;
  expect(await runInProcess(script, { nodeArguments: ['--expose-gc'] })).toMatchObject({
    status: 0,
    stdout: 'true 0\n',
    stderr: '',
  });
});

test.each(['process.exit(0)', "require('node:worker_threads').parentPort.postMessage('terminate')"])(
  'a worker that ends by %s with a ring open leaves nothing behind',
  async (ending) => {
    const devices = openDevices();
    const { error } = await runInWorker(`
    const { openMappedRing } = require('afnetlink/ring');
    const ring = openMappedRing();
    const view = new Uint8Array(ring.memory);
    ring.write(100, (payload) => payload.fill(1));
    ring.submit().then(() => {
      ${ending};
      setInterval(() => view.fill(2), 1);
    });`);
    expect(error).toBeUndefined();
    expect(openDevices()).toEqual(devices);
  },
);

test('the module stays while a ring is open, and goes after its close', async () => {
  control.close();
  const refused = await runCommand('rmmod', ['netlink_test']);
  expect(refused.stderr).toContain('in use');
  ring.close();
  expect(await runCommand('rmmod', ['netlink_test'])).toMatchObject({ status: 0, stderr: '' });
  expect(() => openMappedRing()).toThrow(
    expect.objectContaining({ code: 'ENOENT', message: expect.stringContaining('is not loaded') }),
  );
  const moduleFile = process.env['AFNETLINK_MODULE'] ?? '';
  expect(await runCommand('insmod', [moduleFile])).toMatchObject({ status: 0, stderr: '' });
});
