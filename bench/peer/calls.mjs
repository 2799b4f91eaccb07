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

async function measure(name, count, use) {
  countCalls();
  const { openFamily } = await import('../../dist/index.js');
  const families = await import(`../../dist/families/${name}.js`);
  const client = await openFamily(Object.values(families).find((value) => value?.operations !== undefined));
  await use(client, 1);
  calls = 0;
  const sample = begin();
  const done = await use(client, count);
  end(sample);
  print(sample, done, undefined, { calls });
}

export const offered = {
  request: () =>
    measure('nlctrl', 1000, async (client, count) => {
      for (let index = 0; index < count; index++) await client.do.getfamily({ familyName: 'nlctrl' });
      return count;
    }),
  dump: () =>
    measure('rt-route', options.count, async (client, count) =>
      count === 1 ? 1 : client.dump.getroute({ rtmFamily: 2 }, { select: ['oif'] }).toArraySync().length,
    ),
};
