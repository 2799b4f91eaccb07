import type { RouteMessage, RouteMessageInput, RtRouteClient } from '../../families/rt-route.js';
import { checkOptions, type KnownNames, namesOf } from '../../known-names.js';
import { type ItemResult, sendAll, sendOne, VERBS } from '../changes.js';
import { oneOf } from '../checks.js';
import { attempted, notFound } from '../failure.js';
import { familyNumber, IP_FAMILIES, ipAddress, familyOf, bitsOf, type IpFamily, network } from '../ip.js';
import type { LinkDirectory, LinkReference } from '../link-directory.js';
import { protocols, tables } from '../names/tables.js';
import { linksOf, Route, tableOf } from './route.js';
import { checkRoute, type RouteInput } from './route-input.js';

/** Flags of a route that the kernel keeps for itself: a cached one (RTM_F_CLONED). */
const CLONED = 0x200;

/** Which routes to list. */
export interface RouteFilter {
  readonly family?: IpFamily | undefined;
  /** By name or number; `'all'` for every table. Default: main. */
  readonly table?: string | number | undefined;
  /** Only those that leave by this link. */
  readonly link?: LinkReference | undefined;
  /** Only those that this program or daemon added. */
  readonly protocol?: string | number | undefined;
  /** Only those to exactly this network, or `'default'`. */
  readonly destination?: string | undefined;
}

const FILTER: KnownNames = namesOf<RouteFilter>({
  family: true,
  table: true,
  link: true,
  protocol: true,
  destination: true,
});

/** Routes: what `ip route` shows and changes. Changes need CAP_NET_ADMIN. */
export class Routes {
  readonly #client: RtRouteClient;
  readonly #links: LinkDirectory;

  /** @internal */
  constructor(client: RtRouteClient, links: LinkDirectory) {
    this.#client = client;
    this.#links = links;
  }

  /** The routes of a table, IPv4 before IPv6, in the kernel's order (RTM_GETROUTE). */
  async list(filter: RouteFilter = {}): Promise<Route[]> {
    const where = 'routes.list';
    checkOptions(where, filter, FILTER);
    const { family, table = 'main', link, protocol, destination } = filter;
    const wantedTable = table === 'all' ? undefined : tables.number(where, table);
    const wantedProtocol = protocol === undefined ? undefined : protocols.number(where, protocol);
    const wanted =
      destination === undefined || destination === 'default'
        ? undefined
        : network(`${where}: destination`, destination);
    const families: IpFamily[] =
      family === undefined ? ['ipv4', 'ipv6'] : [oneOf(`${where}: family`, family, IP_FAMILIES)];
    const oif = link === undefined ? undefined : await this.#links.indexOf(where, link);
    const messages: RouteMessage[] = [];
    for (const one of families) {
      const request = {
        rtmFamily: familyNumber(one),
        ...(wantedTable !== undefined && { table: wantedTable }),
      };
      messages.push(...(await attempted('list routes', this.#dump(request))));
    }
    const chosen = messages.filter(
      (message) =>
        (message.rtmFlags & CLONED) === 0 &&
        (wantedTable === undefined || tableOf(message) === wantedTable) &&
        (oif === undefined || linksOf(message).includes(oif)) &&
        (wantedProtocol === undefined || message.rtmProtocol === wantedProtocol) &&
        (destination !== 'default' || message.rtmDstLen === 0) &&
        (wanted === undefined || (message.dst === wanted.address && message.rtmDstLen === wanted.length)),
    );
    return this.#routes(chosen);
  }

  /** The first route to exactly this network, or `'default'`, of table main. Rejected with ENOENT where there is none. */
  async get(destination: string, filter: Omit<RouteFilter, 'destination'> = {}): Promise<Route> {
    const found = await this.find(destination, filter);
    if (found !== undefined) return found;
    throw notFound(`get route ${destination}`, `table ${filter.table ?? 'main'} has no such route`);
  }

  /** As {@link get}, but undefined where there is none. */
  async find(destination: string, filter: Omit<RouteFilter, 'destination'> = {}): Promise<Route | undefined> {
    const [found] = await this.list({ ...filter, destination });
    return found;
  }

  /** The route that a packet to this address takes, as `ip route get` (RTM_GETROUTE). Rejected with ENETUNREACH if there is none. */
  async lookup(address: string): Promise<Route> {
    const dst = ipAddress('routes.lookup: address', address);
    const family = familyOf(dst);
    const request = { rtmFamily: familyNumber(family), rtmDstLen: bitsOf(family), dst };
    const message = await attempted(`look up the route to ${dst}`, this.#client.do.getroute(request));
    const [route] = await this.#routes([message]);
    return route as Route;
  }

  /** Adds a route; rejected with EEXIST where there is one of this destination, table and metric (NLM_F_EXCL). */
  add(route: RouteInput): Promise<void>;
  add(routes: readonly RouteInput[]): Promise<ItemResult[]>;
  async add(given: RouteInput | readonly RouteInput[]): Promise<unknown> {
    return this.#change('add', given);
  }

  /** Adds a route, or puts it in the place of the one of this destination, table and metric (NLM_F_REPLACE). */
  replace(route: RouteInput): Promise<void>;
  replace(routes: readonly RouteInput[]): Promise<ItemResult[]>;
  async replace(given: RouteInput | readonly RouteInput[]): Promise<unknown> {
    return this.#change('replace', given);
  }

  /** Removes the first route that fits what is said; rejected with ESRCH where none does (RTM_DELROUTE). */
  delete(route: RouteInput): Promise<void>;
  delete(routes: readonly RouteInput[]): Promise<ItemResult[]>;
  async delete(given: RouteInput | readonly RouteInput[]): Promise<unknown> {
    return this.#change('delete', given);
  }

  #dump(request: RouteMessageInput): Promise<RouteMessage[]> {
    return this.#client.dump.getroute(request).toArray();
  }

  async #routes(messages: readonly RouteMessage[]): Promise<Route[]> {
    const nameOf = await this.#links.namesOf(messages.flatMap(linksOf));
    return messages.map((message) => new Route(message, nameOf));
  }

  async #change(
    verb: 'add' | 'replace' | 'delete',
    given: RouteInput | readonly RouteInput[],
  ): Promise<unknown> {
    const where = `routes.${verb}`;
    const isArray = Array.isArray(given);
    const items = (isArray ? given : [given]) as readonly RouteInput[];
    const checked = items.map((item) => checkRoute(where, item, verb === 'delete'));
    const indexes = await this.#links.indexesOf(
      where,
      checked.flatMap(({ links }) => links),
    );
    const changes = checked.map(({ shown, request }) => ({
      attempt: `${verb} route ${shown}`,
      request: request(indexes),
      options: VERBS[verb],
    }));
    const operation = verb === 'delete' ? 'delroute' : 'newroute';
    const [only] = changes;
    if (isArray || only === undefined) {
      return sendAll(changes, this.#client.batch(), (batch, { request, options }) =>
        batch.add(operation, request, options),
      );
    }
    return sendOne(only, (request, options) => this.#client.do[operation](request, options));
  }
}
