// A listener to route events, with an object for each event.
import { createRequire } from 'node:module';
import { rtRouteFamily } from '../../dist/families/rt-route.js';
import { openFamily } from '../../dist/index.js';

const BLOCKED_MS = 600;
const SENTINEL = '203.0.113.0';
const { begin, end, options, print } = createRequire(import.meta.url)('../peers/node/measure.cjs');

async function subscribe() {
  const client = await openFamily(rtRouteFamily);
  return client.subscribe({
    groups: ['rtnlgrp-ipv4-route'],
    select: ['dst', 'gateway'],
    ...(options.size !== 0 && { receiveBufferSize: options.size }),
  });
}

/** Counts the items of a subscription until the event that says stop. */
class Tally {
  added = 0;
  deleted = 0;
  overruns = 0;
  firstNs = 0n;
  lastNs = 0n;

  /** False for the event that says stop. */
  take({ kind, event }) {
    if (kind === 'overrun') this.overruns++;
    if (kind !== 'event') return true;
    if (event.message.dst === SENTINEL) return false;
    this.lastNs = process.hrtime.bigint();
    if (this.firstNs === 0n) this.firstNs = this.lastNs;
    if (event.name === 'newroute-ntf') this.added++;
    else this.deleted++;
    return true;
  }

  print(sample) {
    const { added, deleted, overruns, firstNs, lastNs } = this;
    end(Object.assign(sample, { beginNs: firstNs, endNs: lastNs }));
    print(sample, added + deleted, undefined, { added, deleted, overruns });
  }
}

async function listen(onFirst) {
  const subscription = await subscribe();
  const tally = new Tally();
  const sample = begin();
  const ended = subscription.forEach((item) => {
    if (tally.firstNs === 0n) onFirst();
    if (!tally.take(item)) subscription.close();
  });
  console.log('READY');
  await ended;
  tally.print(sample);
}

async function iterate() {
  const subscription = await subscribe();
  const tally = new Tally();
  const sample = begin();
  console.log('READY');
  for await (const item of subscription) if (!tally.take(item)) break;
  tally.print(sample);
}

const block = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BLOCKED_MS);

export const offered = {
  objects: () => listen(() => undefined),
  blocked: () => listen(block),
  iterated: iterate,
};
