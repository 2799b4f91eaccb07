// Routes added and deleted.
import { createRequire } from 'node:module';
import { openSocket } from '../../dist/index.js';
import { changesOfRoutes } from './operations.mjs';

const NETLINK_ROUTE = 0;
const BATCH = 128;
const { measureRoutes, routes } = createRequire(import.meta.url)('../peers/node/measure.cjs');

function open() {
  const socket = openSocket({ protocol: NETLINK_ROUTE });
  return { socket, change: changesOfRoutes(socket, routes) };
}

const measureBatches = (options) => {
  const { socket, change } = open();
  return measureRoutes(BATCH, (from, to, remove) => {
    const batch = socket.batch(options);
    for (let index = from; index < to; index++) batch.addOperation(...change(index, remove));
    for (const { status } of batch.sendSync()) if (status !== 'done') throw new Error(status);
  });
};

export const offered = {
  one() {
    const { socket, change } = open();
    return measureRoutes(1, (index, _, remove) => socket.executeSync(...change(index, remove)));
  },
  await() {
    const { socket, change } = open();
    return measureRoutes(1, (index, _, remove) => socket.execute(...change(index, remove)));
  },
  promises() {
    const { socket, change } = open();
    return measureRoutes(BATCH, (from, to, remove) => {
      const asked = [];
      for (let index = from; index < to; index++) asked.push(socket.execute(...change(index, remove)));
      return Promise.all(asked);
    });
  },
  batch: () => measureBatches({}),
  'batch-lastack': () => measureBatches({ acknowledge: 'last' }),
};
