// Requests to the Generic Netlink controller: one at a time, and many at a time.
import { createRequire } from 'node:module';
import { nlctrlFamily } from '../../dist/families/nlctrl.js';
import { openFamily } from '../../dist/index.js';

const CONTROLLER_ID = 16;
const { begin, end, measureEach, measureEachSync, options, print, rounds } = createRequire(import.meta.url)(
  '../peers/node/measure.cjs',
);

const request = { familyName: 'nlctrl' };

function check(family) {
  if (family.familyId !== CONTROLLER_ID || family.familyName !== 'nlctrl')
    throw new Error('an unexpected family');
}

// What a client that knows what it wants asks for: libmnl's program reads one attribute.
const selected = { select: ['familyId', 'familyName', 'version', 'hdrsize', 'maxattr'] };

export const one = {
  async sync() {
    const controller = await openFamily(nlctrlFamily);
    measureEachSync(() => controller.doSync.getfamily(request), check);
  },

  async 'sync-select'() {
    const controller = await openFamily(nlctrlFamily);
    measureEachSync(() => controller.doSync.getfamily(request, selected), check);
  },

  async await() {
    const controller = await openFamily(nlctrlFamily);
    await measureEach(() => controller.do.getfamily(request), check);
  },

  async 'await-select'() {
    const controller = await openFamily(nlctrlFamily);
    await measureEach(() => controller.do.getfamily(request, selected), check);
  },
};

async function measureInFlight(ask) {
  for (const round of rounds()) {
    const sample = begin();
    let done = 0;
    for (; done < round.count; done += options.size) for (const family of await ask()) check(family);
    end(sample);
    if (round.reported) print(sample, done);
  }
}

function replyOf({ status, replies }) {
  if (status !== 'done') throw new Error(`a request has ${status}`);
  return replies[0];
}

const inPromises = (how) => async () => {
  const controller = await openFamily(nlctrlFamily);
  await measureInFlight(() => {
    const asked = [];
    for (let index = 0; index < options.size; index++) asked.push(controller.do.getfamily(request, how));
    return Promise.all(asked);
  });
};

const inBatches = (how) => async () => {
  const controller = await openFamily(nlctrlFamily);
  await measureInFlight(() => {
    const batch = controller.batch({ acknowledge: 'last', ...how });
    for (let index = 0; index < options.size; index++) batch.add('getfamily', request);
    return batch.sendSync().map(replyOf);
  });
};

export const inFlight = {
  promises: inPromises(),
  'promises-select': inPromises(selected),
  batch: inBatches(),
  'batch-select': inBatches(selected),
};
