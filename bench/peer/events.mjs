// A listener to route events, with an object for each event.
import { createRequire } from 'node:module';
import { openSocket } from '../../dist/index.js';
import { decodeEvent, RTM_NEWROUTE } from './operations.mjs';

const NETLINK_ROUTE = 0;
const BLOCKED_MS = 600;
const { begin, end, options, print, routes } = createRequire(import.meta.url)('../peers/node/measure.cjs');

function subscribe() {
  const socket = openSocket({ protocol: NETLINK_ROUTE });
  const receiveBufferSize = options.size === 0 ? undefined : options.size;
  return socket.subscribeDecoded(
    { groups: ['RTNLGRP_IPV4_ROUTE'], ...(receiveBufferSize && { receiveBufferSize }) },
    decodeEvent,
  );
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
    if (event.route.destination === routes.sentinel) return false;
    this.lastNs = process.hrtime.bigint();
    if (this.firstNs === 0n) this.firstNs = this.lastNs;
    if (event.type === RTM_NEWROUTE) this.added++;
    else this.deleted++;
    return true;
  }

  print(sample) {
    const { added, deleted, overruns, firstNs, lastNs } = this;
    end(Object.assign(sample, { beginNs: firstNs, endNs: lastNs }));
    print(sample, added + deleted, undefined, { added, deleted, overruns });
  }
}

function listen(onFirst) {
  const subscription = subscribe();
  const tally = new Tally();
  const sample = begin();
  const ended = subscription.forEach((item) => {
    if (tally.firstNs === 0n) onFirst();
    if (!tally.take(item)) subscription.close();
  });
  console.log('READY');
  return ended.then(() => tally.print(sample));
}

async function iterate() {
  const subscription = subscribe();
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
