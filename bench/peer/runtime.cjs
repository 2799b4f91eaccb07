// One round of the small cases of `npm run bench:runtimes`, on whatever runtime runs it: microseconds for each, as JSON.
const { openSocket } = require('afnetlink');

const NETLINK_USERSOCK = 2;
const getLoopback = { type: 18, payload: Buffer.alloc(16).fill(1, 4, 5) };

async function measure(times, once) {
  for (let index = 0; index < times / 5; index++) await once();
  const began = performance.now();
  for (let index = 0; index < times; index++) await once();
  return ((performance.now() - began) * 1000) / times;
}

function measureSync(times, once) {
  for (let index = 0; index < times / 5; index++) once();
  const began = performance.now();
  for (let index = 0; index < times; index++) once();
  return ((performance.now() - began) * 1000) / times;
}

async function main() {
  const route = openSocket({ protocol: 0 });
  const [sender, receiver, listener] = [1, 2, 3].map(() => openSocket({ protocol: NETLINK_USERSOCK }));
  const to = { portId: receiver.portId };
  const results = {
    requestSync: measureSync(20_000, () => route.requestSync(getLoopback)),
    request: await measure(20_000, () => route.request(getLoopback)),
    // Nothing is queued when it begins to wait, so that the event loop must wake it.
    wakeUp: await measure(3_000, () => {
      const received = receiver.receive();
      sender.send({ to });
      return received;
    }),
  };
  let wanted = 0;
  let resolve;
  listener.onDatagrams(({ count }) => {
    wanted -= count;
    if (wanted === 0) resolve();
  });
  const burst = { to: { portId: listener.portId } };
  results.datagram =
    (await measure(500, () => {
      wanted = 32;
      for (let index = 0; index < 32; index++) sender.send(burst);
      return new Promise((done) => (resolve = done));
    })) / 32;
  console.log(JSON.stringify(results));
  for (const socket of [route, sender, receiver, listener]) socket.close();
}

void main();
