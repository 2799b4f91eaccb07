// What a message costs: nlctl study against what netlink is said to do. Runs in the guest.
import { existsSync, readFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { packageRoot, runCommand } from '../helpers/processes.js';
import { kernelLog } from '../helpers/kernel-log.js';

interface Figure {
  way: string;
  kind: string;
  size: number;
  microseconds: number[];
  counts: Record<'copies' | 'bytesCopied' | 'allocations' | 'insertions' | 'wakeUps', number>;
}

const NLMSG_HDRLEN = 16;
const SIZES = [16, 32_768];
const RING_SIZE = 16;
const tracing = '/sys/kernel/tracing';
const probes = (): string => readFileSync(`${tracing}/kprobe_events`, 'utf8');

const studyArguments = [
  `${packageRoot}/dist/cli/nlctl.js`,
  'study',
  '--on-this-machine',
  '--json',
  '--rounds',
  '1',
  '--round-time',
  '5',
];
let figures: Figure[];
let missing: string[];
let logged: number;

beforeAll(async () => {
  logged = kernelLog().length;
  const { stdout } = await runCommand(process.execPath, [...studyArguments, '--sizes', SIZES.join()]);
  [{ figures, missing }] = JSON.parse(stdout) as [{ figures: Figure[]; missing: string[] }];
});

const figure = (way: string, size: number): Figure => {
  const found = figures.find((each) => each.way === way && each.size === size);
  if (found === undefined) throw new Error(`no figure for ${way}, ${size} bytes`);
  return found;
};

describe.each(SIZES)('%i bytes', (size) => {
  const message = NLMSG_HDRLEN + size;

  test.each([
    // way, copies, bytes copied, buffers, insertions
    ['kernel to kernel', 0, 0, 1, 0],
    ['oversized kernel to kernel', 1, message, 2, 0],
    ['user to kernel', 1, message, 1, 0],
    ['kernel to user', 1, message, 1, 1],
    ['user to user', 2, 2 * message, 1, 1],
    // To the kernel, there into the answer, and back.
    ['netlink', 3, 2 * message + size, 2, 1],
    ['netlink by 16', 3, 2 * message + size, 17 / 16, 1],
    ['ioctl', 2, 2 * size, 1, 0],
    ['write and read a device', 2, 2 * size, 1, 0],
    ['write and read in /proc', 2, 2 * size, 1, 0],
  ])('%s: %f copies', (way, copies, bytesCopied, allocations, insertions) => {
    const { counts } = figure(way, size);
    expect(counts.copies).toBeCloseTo(copies, 5);
    expect(counts.bytesCopied).toBeCloseTo(bytesCopied, 5);
    // The commands that have a flood begin are messages too: two for each burst of 64, and asking after it.
    const slack = way === 'kernel to user' ? 0.5 : 0.05;
    expect(Math.abs(counts.allocations - allocations)).toBeLessThan(slack);
    expect(Math.abs(counts.insertions - insertions)).toBeLessThan(slack);
  });
});

test.each(['mapped ring', 'mapped ring by 16'])('%s: nothing is copied', (way) => {
  expect(figure(way, RING_SIZE).counts).toMatchObject({ copies: 0, bytesCopied: 0 });
});

test('a reader is woken once for a message, or not at all where its answer is there before it looks', () => {
  for (const size of SIZES) {
    // A message and its answer take one wake-up at least, since somebody waits; a second where the answer is waited for too.
    const { wakeUps } = figure('user to user', size).counts;
    expect(wakeUps).toBeGreaterThan(0.45);
    expect(wakeUps).toBeLessThan(1.2);
    for (const way of ['netlink', 'ioctl', 'user to kernel'])
      expect(figure(way, size).counts.wakeUps).toBeLessThan(0.2);
  }
});

test('everything was counted, and timed', () => {
  expect(missing).toEqual([]);
  for (const { microseconds } of figures) expect(Math.min(...microseconds)).toBeGreaterThan(0);
});

test('the kernel’s tracing is as before, and its log has no complaint', () => {
  expect(probes()).toBe('');
  expect(existsSync(`${tracing}/instances/nlctl_study`)).toBe(false);
  expect(kernelLog().slice(logged)).not.toMatch(/BUG|WARNING|Oops|Call Trace/);
});

test('a study that is killed leaves no probe behind; a second one beside it is refused', async () => {
  const child = spawn(process.execPath, [...studyArguments, '--rounds', '1000'], {
    cwd: packageRoot,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(child, 'exit');
  await once(child.stderr, 'data');
  expect(probes()).toContain('nlctl_study/');
  const second = await runCommand(process.execPath, studyArguments);
  expect(second.status).toBe(1);
  expect(second.stderr).toContain('another nlctl study counts in this kernel');
  expect(probes()).toContain('nlctl_study/');
  child.kill('SIGKILL');
  await ended;
  while (probes() !== '' || existsSync(`${tracing}/instances/nlctl_study`))
    await new Promise((resolve) => setTimeout(resolve, 20));
});

test('what makes no sense is refused', async () => {
  for (const [args, text] of [
    [['--sizes', '7'], "--sizes: must be an integer from 8 to 32768, got '7'"],
    [['--ways', 'pigeon'], "--ways: unknown value 'pigeon': expected one of 'kernel to kernel'"],
    [['--rounds', 'x'], "--rounds: must be an integer from 1 to 1000, got 'x'"],
  ] as const) {
    const { status, stderr } = await runCommand(process.execPath, [...studyArguments, ...args]);
    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining(text) as unknown });
  }
});
