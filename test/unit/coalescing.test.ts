import { expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { Coalescing } from '#lib/socket/coalescing';

function counting() {
  const calls: boolean[] = [];
  const coalescing: Coalescing = new Coalescing(() => calls.push(coalescing.resting));
  return { coalescing, calls };
}

test('a stream is left to gather once, a few datagrams never', async () => {
  const { coalescing, calls } = counting();
  coalescing.received(15);
  expect(coalescing.resting).toBe(false);
  await sleep(5);
  coalescing.received(15);
  expect(coalescing.resting).toBe(false);
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
