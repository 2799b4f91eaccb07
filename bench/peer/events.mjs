// A listener to route events, with an object for each event.
import { createRequire } from 'node:module';
import { openSocket } from '../../dist/index.js';
import { decodeEvents, RTM_NEWROUTE } from './operations.mjs';

const NETLINK_ROUTE = 0;
const RTNLGRP_IPV4_ROUTE = 7;
const BLOCKED_MS = 600;
const { begin, end, options, print, routes } = createRequire(import.meta.url)('../peers/node/measure.cjs');

function block() {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BLOCKED_MS);
}

function listen(onFirst) {
  const socket = openSocket({ protocol: NETLINK_ROUTE });
  if (options.size !== 0) socket.setOption('receiveBufferSize', options.size);
  const tally = { added: 0, deleted: 0, overruns: 0 };
  let firstNs = 0n;
  let lastNs = 0n;
  const sample = begin();
  const stop = socket.onDatagrams((batch) => {
    tally.overruns += batch.overruns;
    if (firstNs === 0n) onFirst();
    firstNs ||= process.hrtime.bigint();
    for (let index = 0; index < batch.count; index++) {
      for (const { type, route } of decodeEvents(batch, index)) {
        if (route.destination === routes.sentinel) return finish();
        if (type === RTM_NEWROUTE) tally.added++;
        else tally.deleted++;
      }
    }
    lastNs = process.hrtime.bigint();
    return undefined;
  });
  const finish = () => {
    stop();
    socket.close();
    end(Object.assign(sample, { beginNs: firstNs, endNs: lastNs }));
    print(sample, tally.added + tally.deleted, undefined, tally);
  };
  socket.joinGroup(RTNLGRP_IPV4_ROUTE);
  console.log('READY');
}

export const offered = { objects: () => listen(() => undefined), blocked: () => listen(block) };
