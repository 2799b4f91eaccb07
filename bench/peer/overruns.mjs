// Overruns, provoked one after the other: is each one reported, and how soon does the reader hear the next event?
import { createRequire } from 'node:module';
import { openRoutes } from './route.mjs';

const SMALLEST_BUFFER = 1;
const CHANGES = 16; // more events than the smallest receive buffer holds
const LONGEST_WAIT_MS = 1000;
const { begin, end, options, print } = createRequire(import.meta.url)('../peers/node/measure.cjs');

/** A reader that cannot read while its own thread changes routes: so each burst overruns it. */
class Reader {
  overruns = 0;
  #onEvent;
  #subscription;

  constructor(client) {
    this.#subscription = client.subscribe({
      groups: ['rtnlgrp-ipv4-route'],
      receiveBufferSize: SMALLEST_BUFFER,
    });
    void this.#subscription.forEach(({ kind }) => {
      if (kind === 'overrun') this.overruns++;
      else this.#onEvent?.();
    });
  }

  nextEvent() {
    return new Promise((resolve) => (this.#onEvent = resolve));
  }

  close() {
    this.#subscription.close();
  }
}

const eventLoopTurn = () => new Promise((resolve) => setImmediate(resolve));

async function provoked() {
  const { client, change } = await openRoutes();
  const apply = (index, remove) => {
    const [operation, request, how] = change(index, remove);
    client.doSync[operation](request, how);
  };
  const reader = new Reader(client);
  let liveMaxMs = 0;
  const sample = begin();
  for (let overrun = 0; overrun < options.count; overrun++) {
    for (let index = 0; index < CHANGES; index++) {
      apply(index, false);
      apply(index, true);
    }
    const since = performance.now();
    while (reader.overruns === overrun && performance.now() - since < LONGEST_WAIT_MS) await eventLoopTurn();
    const heard = reader.nextEvent();
    const before = performance.now();
    apply(0, false);
    await heard;
    liveMaxMs = Math.max(liveMaxMs, performance.now() - before);
    apply(0, true);
    await eventLoopTurn();
  }
  end(sample);
  print(sample, options.count, undefined, { reported: reader.overruns, liveMaxMs });
  reader.close();
  client.close();
}

export const offered = { provoked };
