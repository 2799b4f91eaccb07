import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Coalescing } from '#lib/socket/coalescing';

/** Milliseconds on the clock: a busy machine may take more than one between two lines of a test. */
let now = 100;
beforeEach(() => {
  jest.spyOn(performance, 'now').mockImplementation(() => now);
});
afterEach(() => {
  jest.restoreAllMocks();
});

function counting() {
  const calls: boolean[] = [];
  const coalescing: Coalescing = new Coalescing(() => calls.push(coalescing.resting));
  return { coalescing, calls };
}

test('a stream is left to gather once, a few datagrams never', async () => {
  const { coalescing, calls } = counting();
  coalescing.received(15);
  now += 5;
  coalescing.received(15);
  expect(coalescing.resting).toBe(false);
  now += 1;
  coalescing.received(1);
  expect(coalescing.resting).toBe(true);
  await sleep(20);
  expect(calls).toEqual([false]);
});

test('an end in a rest is the end of it', async () => {
  const { coalescing, calls } = counting();
  coalescing.received(16);
  coalescing.end();
  expect(coalescing.resting).toBe(false);
  await sleep(20);
  expect(calls).toEqual([]);
});
