// Requests to the Generic Netlink controller: one at a time, and many at a time.
import { createRequire } from 'node:module';
import { openSocket, WireView } from '../../dist/index.js';
import { GENL_ID_CTRL, getFamily } from './operations.mjs';

const NETLINK_GENERIC = 16;
const { begin, end, measureEach, measureEachSync, options, print, rounds } = createRequire(import.meta.url)(
  '../peers/node/measure.cjs',
);

function check(family) {
  if (family.id !== GENL_ID_CTRL || family.name !== 'nlctrl') throw new Error('an unexpected family');
}

async function measureInFlight(ask) {
  for (const round of rounds()) {
    const sample = begin();
    let done = 0;
    for (; done < round.count; done += options.size) await ask();
    end(sample);
    if (round.reported) print(sample, done);
  }
}

export const one = {
  sync() {
    const socket = openSocket({ protocol: NETLINK_GENERIC });
    measureEachSync(() => check(socket.executeSync(getFamily, GENL_ID_CTRL, 0, 'nlctrl')));
  },

  async await() {
    const socket = openSocket({ protocol: NETLINK_GENERIC });
    await measureEach(async () => check(await socket.execute(getFamily, GENL_ID_CTRL, 0, 'nlctrl')));
  },
};

function decoded({ status, replies }) {
  if (status !== 'done') throw new Error(`a request has ${status}`);
  const [{ payload }] = replies;
  return getFamily.decode(new WireView(payload), 0, payload.length);
}

export const inFlight = {
  async batch() {
    const socket = openSocket({ protocol: NETLINK_GENERIC });
    await measureInFlight(() => {
      const batch = socket.batch({ acknowledge: 'last' });
      for (let index = 0; index < options.size; index++)
        batch.addOperation(getFamily, GENL_ID_CTRL, 0, 'nlctrl');
      for (const result of batch.sendSync()) check(decoded(result));
    });
  },

  async promises() {
    const socket = openSocket({ protocol: NETLINK_GENERIC });
    await measureInFlight(async () => {
      const asked = [];
      for (let index = 0; index < options.size; index++)
        asked.push(socket.execute(getFamily, GENL_ID_CTRL, 0, 'nlctrl'));
      (await Promise.all(asked)).forEach(check);
    });
  },
};
