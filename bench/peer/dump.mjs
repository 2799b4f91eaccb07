// Dumps of routes.
import { createRequire } from 'node:module';
import { openSocket } from '../../dist/index.js';
import { routeDumps, RTM_GETROUTE } from './operations.mjs';

const NETLINK_ROUTE = 0;
const { begin, end, options, print } = createRequire(import.meta.url)('../peers/node/measure.cjs');

async function measure(operation, read) {
  for (let repeat = 0; repeat < options.repeats; repeat++) {
    const socket = openSocket({ protocol: NETLINK_ROUTE });
    const sample = begin();
    const count = await read(socket.executeDump(operation, RTM_GETROUTE, 0, undefined));
    end(sample);
    print(sample, count);
    socket.close();
  }
}

const countAll = async (dump) => {
  let count = 0;
  for await (const batch of dump.batches()) count += batch.length;
  return count;
};
const keepAll = async (dump) => (await dump.toArray()).length;
const countEach = async (dump) => {
  let count = 0;
  for await (const route of dump) if (route !== undefined) count++;
  return count;
};

export const offered = {
  count: () => measure(routeDumps.count, countAll),
  objects: () => measure(routeDumps.objects, keepAll),
  strings: () => measure(routeDumps.strings, keepAll),
  stream: () => measure(routeDumps.objects, countEach),
};
