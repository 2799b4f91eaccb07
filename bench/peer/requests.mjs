// Requests to the Generic Netlink controller: one at a time, and many at a time.
import { createRequire } from 'node:module';
import { nlctrlFamily } from '../../dist/families/nlctrl/generated.js';
import { openFamily, openSocket, WireView } from '../../dist/index.js';

const CONTROLLER_ID = 16;
const { begin, end, measureEach, measureEachSync, options, print, rounds } = createRequire(import.meta.url)(
  '../peers/node/measure.cjs',
);

const request = { familyName: 'nlctrl' };

function check(family) {
  if (family.familyId !== CONTROLLER_ID || family.familyName !== 'nlctrl')
    throw new Error('an unexpected family');
}

export const one = {
  async sync() {
    const controller = await openFamily(nlctrlFamily);
    measureEachSync(() => check(controller.doSync.getfamily(request)));
  },

  async await() {
    const controller = await openFamily(nlctrlFamily);
    await measureEach(async () => check(await controller.do.getfamily(request)));
  },
};

async function measureInFlight(ask) {
  for (const round of rounds()) {
    const sample = begin();
    let done = 0;
    for (; done < round.count; done += options.size) (await ask()).forEach(check);
    end(sample);
    if (round.reported) print(sample, done);
  }
}

const GENERIC_HEADER = 4;
const { body, do: command } = nlctrlFamily.operations.getfamily;
/** A family's batch gives no replies: here it is one of the socket, with the family's codec. */
const operation = {
  name: 'CTRL_CMD_GETFAMILY',
  headerLength: GENERIC_HEADER,
  encode(writer, input) {
    writer.putU8(writer.space(GENERIC_HEADER), command.request);
    body.encode(writer, input);
  },
};

function decode({ status, replies }) {
  if (status !== 'done') throw new Error(`a request has ${status}`);
  const { payload } = replies[0];
  return body.decode(new WireView(payload), GENERIC_HEADER, payload.length, false);
}

export const inFlight = {
  async promises() {
    const controller = await openFamily(nlctrlFamily);
    await measureInFlight(() => {
      const asked = [];
      for (let index = 0; index < options.size; index++) asked.push(controller.do.getfamily(request));
      return Promise.all(asked);
    });
  },

  async batch() {
    const socket = openSocket({ protocol: nlctrlFamily.protocol });
    await measureInFlight(() => {
      const batch = socket.batch({ acknowledge: 'last' });
      for (let index = 0; index < options.size; index++)
        batch.addOperation(operation, CONTROLLER_ID, 0, request);
      return batch.sendSync().map(decode);
    });
  },
};
