import { expect, jest, test } from '@jest/globals';
import { privateNamespace } from '../helpers/private-namespace.js';
import { address, dumpRoutes, getLink, newRoute } from '../helpers/route.js';
import { NETLINK_ROUTE, open } from '../helpers/sockets.js';

jest.setTimeout(240_000);

const namespace = privateNamespace();
const TABLE = 1000;
const ROUTES = 50_000;
const REQUESTS = 5000;

// The kernel fills half of the receive buffer with the dump: the answers to all requests of a tick have no room beside it.
test('requests during a dump lose no answer, at the default receive buffer and at smaller ones', async () => {
  const first = open({ protocol: NETLINK_ROUTE, netns: namespace.netns });
  const batch = first.batch({ acknowledge: 'last' });
  for (let index = 0; index < ROUTES; index++) batch.add(newRoute(address(index), TABLE));
  await batch.send();
  for (const receiveBufferSize of [undefined, 212_992, 65_536, 16_384]) {
    const options = receiveBufferSize === undefined ? {} : { options: { receiveBufferSize } };
    const socket = open({ protocol: NETLINK_ROUTE, netns: namespace.netns, ...options });
    socket.requestTimeout = 60_000;
    const routes = socket.dump(dumpRoutes(TABLE)).toArray();
    const requests = Array.from({ length: REQUESTS }, () => socket.request(getLink({ index: 1 })));
    const results = await Promise.allSettled(requests);
    expect(results.filter(({ status }) => status === 'rejected')).toEqual([]);
    expect(await routes).toHaveLength(ROUTES);
    expect([receiveBufferSize, socket.counters.overruns]).toEqual([receiveBufferSize, 0]);
    socket.close();
  }
});
