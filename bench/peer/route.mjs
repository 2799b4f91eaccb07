// The routes of bench/README.md, as requests of the family.
import { createRequire } from 'node:module';
import { rtLinkFamily } from '../../dist/families/rt-link/generated.js';
import { rtRouteFamily } from '../../dist/families/rt-route/generated.js';
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
      dst: routes.bytes(routes.destination(index)),
      gateway: routes.bytes(routes.gateway(index)),
      oif,
      priority: routes.priority(index),
    },
    remove ? {} : fresh,
  ];
  return { client, change };
}
