// Dumps of routes and of links, in the forms that a dump can be read.
import { createRequire } from 'node:module';
import { openFamily } from '../../dist/index.js';

const AF_INET = 2;
const RT_TABLE_MAIN = 254;
const { begin, dumps, end, print } = createRequire(import.meta.url)('../peers/node/measure.cjs');

async function measure(family, list, how) {
  for (const reported of dumps()) {
    const client = await openFamily(family, how);
    const sample = begin();
    const count = await list(client.dump);
    end(sample);
    if (reported) print(sample, count);
    client.close();
  }
}

async function countEach(dump) {
  let count = 0;
  for await (const item of dump) if (item !== undefined) count++;
  return count;
}

const countKept = async (dump) => (await dump.toArray()).length;

const numbers = ['rtmDstLen', 'table', 'oif', 'priority'];
const withAddresses = ['dst', 'gateway', ...numbers];
const ipv4 = { rtmFamily: AF_INET };
const ipv4OfMain = { ...ipv4, rtmTable: RT_TABLE_MAIN };
const routesAs =
  (read, { request = ipv4, ...how } = {}) =>
  async () => {
    const { rtRouteFamily } = await import('../../dist/families/rt-route.js');
    await measure(rtRouteFamily, ({ getroute }) => read((reading) => getroute(request, reading)), how);
  };

const stream = (dump) => countEach(dump({ select: numbers }));

export const routes = {
  count: routesAs(async (dump) => (await dump({ columns: [] })).length),
  columns: routesAs(async (dump) => (await dump({ columns: withAddresses })).length),
  numbers: routesAs((dump) => countKept(dump({ select: numbers }))),
  strings: routesAs((dump) => countKept(dump({ select: withAddresses }))),
  full: routesAs((dump) => countKept(dump({}))),
  stream: routesAs(stream),
  'stream-main': routesAs(stream, { request: ipv4OfMain }),
  'stream-offload': routesAs(stream, { offload: true }),
};

const linksAs = (read) => async () => {
  const { rtLinkFamily } = await import('../../dist/families/rt-link.js');
  await measure(rtLinkFamily, ({ getlink }) => read((how) => getlink({}, how)));
};

export const links = {
  count: linksAs(async (dump) => (await dump({ columns: [] })).length),
  objects: linksAs((dump) => countKept(dump({}))),
};
