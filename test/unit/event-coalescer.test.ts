import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventCoalescer } from '#lib/socket/events/event-coalescer';

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
  const coalescer: EventCoalescer = new EventCoalescer(() => calls.push(coalescer.resting));
  return { coalescer, calls };
}

test('a stream is left to gather once, a few datagrams never', async () => {
  const { coalescer, calls } = counting();
  coalescer.received(15);
  now += 5;
  coalescer.received(15);
  expect(coalescer.resting).toBe(false);
  now += 1;
  coalescer.received(1);
  expect(coalescer.resting).toBe(true);
  await sleep(20);
  expect(calls).toEqual([false]);
});

test('an end in a rest is the end of it', async () => {
  const { coalescer, calls } = counting();
  coalescer.received(16);
  coalescer.end();
  expect(coalescer.resting).toBe(false);
  await sleep(20);
  expect(calls).toEqual([]);
});
