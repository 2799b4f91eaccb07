// The routes of bench/README.md, as requests of the family.
import { createRequire } from 'node:module';
import { rtLinkFamily } from '../../dist/families/rt-link.js';
import { rtRouteFamily } from '../../dist/families/rt-route.js';
import { openFamily } from '../../dist/index.js';

const { routes } = createRequire(import.meta.url)('../peers/node/measure.cjs');

const AF_INET = 2;
const RT_TABLE_MAIN = 254;
const RTPROT_STATIC = 4;
const fresh = { create: true, exclusive: true };

async function linkIndex() {
  const links = await openFamily(rtLinkFamily);
  const { ifiIndex } = links.doSync.getlink({ ifname: routes.link });
  links.close();
  return ifiIndex;
}

// A request is encoded when it is made: what it was made of can be used for the next, as C uses its message.
const destination = new Uint8Array(4);
const gateway = new Uint8Array(4);

function put(bytes, address) {
  bytes[0] = address >>> 24;
  bytes[1] = address >>> 16;
  bytes[2] = address >>> 8;
  bytes[3] = address;
  return bytes;
}

/** A client of the family, and the request for each route by its index: `[operation, request, options]`. */
export async function openRoutes() {
  const client = await openFamily(rtRouteFamily);
  const oif = await linkIndex();
  const change = (index, remove) => [
    remove ? 'delroute' : 'newroute',
    {
      rtmFamily: AF_INET,
      rtmDstLen: 24,
      rtmTable: RT_TABLE_MAIN,
      rtmProtocol: RTPROT_STATIC,
      rtmType: 'unicast',
      dst: put(destination, routes.destination(index)),
      gateway: put(gateway, routes.gateway(index)),
      oif,
      priority: routes.priority(index),
    },
    remove ? {} : fresh,
  ];
  return { client, change };
}
