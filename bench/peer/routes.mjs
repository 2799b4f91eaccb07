// Routes added and deleted.
import { createRequire } from 'node:module';
import { openRoutes } from './route.mjs';

const BATCH = 128;
const { measureRoutes } = createRequire(import.meta.url)('../peers/node/measure.cjs');

const inBatches = (options) => async () => {
  const { client, change } = await openRoutes();
  await measureRoutes(BATCH, (from, to, remove) => {
    const batch = client.batch(options);
    for (let index = from; index < to; index++) batch.add(...change(index, remove));
    for (const { status } of batch.sendSync()) if (status !== 'done') throw new Error(status);
  });
};

export const offered = {
  async one() {
    const { client, change } = await openRoutes();
    await measureRoutes(1, (index, _, remove) => {
      const [operation, request, options] = change(index, remove);
      client.doSync[operation](request, options);
    });
  },

  async await() {
    const { client, change } = await openRoutes();
    await measureRoutes(1, (index, _, remove) => {
      const [operation, request, options] = change(index, remove);
      return client.do[operation](request, options);
    });
  },

  async promises() {
    const { client, change } = await openRoutes();
    await measureRoutes(BATCH, (from, to, remove) => {
      const asked = [];
      for (let index = from; index < to; index++) {
        const [operation, request, options] = change(index, remove);
        asked.push(client.do[operation](request, options));
      }
      return Promise.all(asked);
    });
  },

  batch: inBatches({}),
  'batch-lastack': inBatches({ acknowledge: 'last' }),
};
