// Overruns, provoked one after the other: is each one reported, and how soon does the reader hear the next event?
import { createRequire } from 'node:module';
import { openSocket } from '../../dist/index.js';
import { changesOfRoutes } from './operations.mjs';

const NETLINK_ROUTE = 0;
const SMALLEST_BUFFER = 1;
const CHANGES = 16; // more events than the smallest receive buffer holds
const { begin, end, options, print, routes } = createRequire(import.meta.url)('../peers/node/measure.cjs');

/** A reader that cannot read while its own thread changes routes: so each burst overruns it. */
class Reader {
  overruns = 0;
  #onEvent;
  #subscription = openSocket({ protocol: NETLINK_ROUTE }).subscribe({
    groups: ['RTNLGRP_IPV4_ROUTE'],
    receiveBufferSize: SMALLEST_BUFFER,
  });

  constructor() {
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
  const writer = openSocket({ protocol: NETLINK_ROUTE });
  const change = changesOfRoutes(writer, routes);
  const reader = new Reader();
  let liveMaxMs = 0;
  const sample = begin();
  for (let overrun = 0; overrun < options.count; overrun++) {
    for (let index = 0; index < CHANGES; index++) {
      writer.executeSync(...change(index, false));
      writer.executeSync(...change(index, true));
    }
    const since = performance.now();
    while (reader.overruns === overrun && performance.now() - since < 1000) await eventLoopTurn();
    const heard = reader.nextEvent();
    const before = performance.now();
    writer.executeSync(...change(0, false));
    await heard;
    liveMaxMs = Math.max(liveMaxMs, performance.now() - before);
    writer.executeSync(...change(0, true));
    await eventLoopTurn();
  }
  end(sample);
  print(sample, options.count, undefined, { reported: reader.overruns, liveMaxMs });
  reader.close();
  writer.close();
}

export const offered = { provoked };
