// Counts the calls into native code.
import { createRequire } from 'node:module';

const { begin, end, options, print } = createRequire(import.meta.url)('../peers/node/measure.cjs');

let calls = 0;

/** From now on each function of an addon that is loaded counts its calls. */
function countCalls() {
  const load = process.dlopen;
  process.dlopen = (module, ...rest) => {
    load.call(process, module, ...rest);
    for (const [name, call] of Object.entries(module.exports))
      module.exports[name] = (...args) => {
        calls++;
        return call(...args);
      };
  };
}

async function measure(count, use) {
  countCalls();
  const { openSocket } = await import('../../dist/index.js');
  const operations = await import('./operations.mjs');
  const run = use(openSocket, operations);
  await run(1);
  calls = 0;
  const sample = begin();
  const done = await run(count);
  end(sample);
  print(sample, done, undefined, { calls });
}

export const offered = {
  request: () =>
    measure(1000, (openSocket, { GENL_ID_CTRL, getFamily }) => {
      const socket = openSocket({ protocol: 16 });
      return async (count) => {
        for (let index = 0; index < count; index++)
          await socket.execute(getFamily, GENL_ID_CTRL, 0, 'nlctrl');
        return count;
      };
    }),
  dump: () =>
    measure(options.count, (openSocket, { routeDumps, RTM_GETROUTE }) => {
      const socket = openSocket({ protocol: 0 });
      return async (count) => {
        if (count === 1) return 1;
        let done = 0;
        for await (const batch of socket
          .executeDump(routeDumps.objects, RTM_GETROUTE, 0, undefined)
          .batches())
          done += batch.length;
        return done;
      };
    }),
};
