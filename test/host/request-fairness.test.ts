import { openSocket } from 'afnetlink';
import { expect, test } from '@jest/globals';

const NETLINK_GENERIC = 16;
const NLMSG_NOOP = 1;
const ROUNDS = 100;
const REQUESTS_A_ROUND = 128;

test('promises that are made in one tick count each: the event loop turns between rounds of them', async () => {
  const socket = openSocket({ protocol: NETLINK_GENERIC });
  let turns = 0;
  let running = true;
  const countTurns = (): void => {
    turns += 1;
    if (running) setImmediate(countTurns);
  };
  setImmediate(countTurns);
  for (let round = 0; round < ROUNDS; round++) {
    const requests = Array.from({ length: REQUESTS_A_ROUND }, () => socket.request({ type: NLMSG_NOOP }));
    await Promise.all(requests);
  }
  running = false;
  socket.close();
  expect(turns).toBeGreaterThanOrEqual(ROUNDS / 2);
});
