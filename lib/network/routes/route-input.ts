import { invalidArgument } from '../../errors.js';
import type { RouteMessageInput, RtnexthopRouteMessageInput } from '../../families/rt-route.js';
import { checkOptions, type KnownNames, namesOf } from '../../known-names.js';
import { shown } from '../../shown-value.js';
import { integer, oneOf } from '../checks.js';
import { cidr, familyNumber, familyOf, IP_FAMILIES, ipAddress, type IpFamily, network } from '../ip.js';
import { type LinkReference, requestOf } from '../link-directory.js';
import { protocols, scopes, tables } from '../names/tables.js';
import type { RouteType } from './route.js';

const U32_MAX = 0xffffffff;
/** The last table that the header has room for; RTA_TABLE has any. */
const LAST_SHORT_TABLE = 255;

const TYPES: Readonly<Record<RouteType, RouteType>> = {
  unicast: 'unicast',
  local: 'local',
  broadcast: 'broadcast',
  anycast: 'anycast',
  multicast: 'multicast',
  blackhole: 'blackhole',
  unreachable: 'unreachable',
  prohibit: 'prohibit',
  throw: 'throw',
};
/** Types that lead nowhere: no gateway, no link. */
const NOWHERE: ReadonlySet<RouteType> = new Set(['blackhole', 'unreachable', 'prohibit', 'throw']);

/** One of several ways. */
export interface NextHopInput {
  readonly gateway?: string | undefined;
  /** Name, alternative name or index. Default: the link by which the gateway is reached. */
  readonly link?: LinkReference | undefined;
  /** Its share, 1 to 256. Default: 1. */
  readonly weight?: number | undefined;
}

/** A route, with iproute2's defaults. */
export interface RouteInput {
  /** `'default'`, a network such as `'192.0.2.0/24'`, or a single address. */
  readonly destination: string;
  /** For `'default'` without a gateway. Default: that of the destination or of the gateway, else IPv4. */
  readonly family?: IpFamily | undefined;
  /** The next router. An IPv6 one for an IPv4 destination is sent as RTA_VIA. */
  readonly gateway?: string | undefined;
  /** The link that packets leave by (RTA_OIF). */
  readonly link?: LinkReference | undefined;
  /** Several ways, in place of `gateway` and `link` (RTA_MULTIPATH). */
  readonly nextHops?: readonly NextHopInput[] | undefined;
  /** A next-hop object, in place of `gateway` and `link` (RTA_NH_ID). */
  readonly nextHopId?: number | undefined;
  /** Default: unicast. */
  readonly type?: RouteType | undefined;
  /** Default: main; local for the types local, broadcast and anycast. */
  readonly table?: string | number | undefined;
  /** Default: static. */
  readonly protocol?: string | number | undefined;
  /** Default: link for an IPv4 route without a gateway, host for local ones, otherwise global. */
  readonly scope?: string | number | undefined;
  /** The address to send from (RTA_PREFSRC). */
  readonly source?: string | undefined;
  /** Lower ones have precedence (RTA_PRIORITY). Kernel's default: 0, for IPv6 1024. */
  readonly metric?: number | undefined;
  /** Largest packet in bytes (RTAX_MTU). */
  readonly mtu?: number | undefined;
  /** Further attributes, which replace those made from the options. */
  readonly raw?: RouteMessageInput | undefined;
}

const KNOWN: KnownNames = namesOf<RouteInput>({
  destination: true,
  family: true,
  gateway: true,
  link: true,
  nextHops: true,
  nextHopId: true,
  type: true,
  table: true,
  protocol: true,
  scope: true,
  source: true,
  metric: true,
  mtu: true,
  raw: true,
});
const HOP: KnownNames = namesOf<NextHopInput>({ gateway: true, link: true, weight: true });

/** A route that was checked; its links are named still. */
export interface CheckedRoute {
  readonly shown: string;
  readonly links: readonly LinkReference[];
  readonly request: (indexes: ReadonlyMap<LinkReference, number>) => RouteMessageInput;
}

/** Checks a route. `isKey`: only to say which one is meant, so that nothing has a default but the table. */
export function checkRoute(where: string, input: RouteInput, isKey: boolean): CheckedRoute {
  checkOptions(where, input, KNOWN);
  const { link, nextHops = [], metric, mtu, source, nextHopId, raw } = input;
  const type = input.type === undefined ? undefined : oneOf(`${where}: type`, input.type, TYPES);
  checkWays(where, input, type);
  const hops = nextHops.map((hop, index) => checkHop(`${where}: nextHops[${index}]`, hop));
  const gateway = input.gateway === undefined ? undefined : ipAddress(`${where}: gateway`, input.gateway);
  const { family, dst, length, text } = destinationOf(where, input, gateway ?? hops[0]?.gateway);
  if (link !== undefined) requestOf(where, link);
  const table =
    input.table === undefined
      ? tables.number(where, isLocal(type) ? 'local' : 'main')
      : tables.number(where, input.table);
  const isDirect = gateway === undefined && hops.length === 0 && nextHopId === undefined;
  const fixed: RouteMessageInput = {
    rtmFamily: familyNumber(family),
    rtmDstLen: length,
    rtmTable: table <= LAST_SHORT_TABLE ? table : 0,
    ...(table > LAST_SHORT_TABLE && { table }),
    ...(input.protocol !== undefined
      ? { rtmProtocol: protocols.number(where, input.protocol) }
      : !isKey && { rtmProtocol: protocols.number(where, 'static') }),
    rtmScope: isKey && input.scope === undefined ? 255 : scopeOf(where, input, family, type, isDirect),
    rtmType: type ?? (isKey ? 'unspec' : 'unicast'),
    ...(dst !== undefined && { dst }),
    ...(gateway !== undefined && gatewayAttribute(where, family, gateway)),
    ...(source !== undefined && { prefsrc: ipAddress(`${where}: source`, source) }),
    ...(metric !== undefined && { priority: integer(`${where}: metric`, metric, 0, U32_MAX) }),
    ...(mtu !== undefined && { metrics: { mtu: integer(`${where}: mtu`, mtu, 1, U32_MAX) } }),
    ...(nextHopId !== undefined && { nhId: integer(`${where}: nextHopId`, nextHopId, 1, U32_MAX) }),
  };
  const indexIn = (indexes: ReadonlyMap<LinkReference, number>, of: LinkReference) => indexes.get(of) ?? 0;
  return {
    shown: text,
    links: [link, ...hops.map((hop) => hop.link)].filter((one) => one !== undefined),
    request: (indexes) => ({
      ...fixed,
      ...(link !== undefined && { oif: indexIn(indexes, link) }),
      ...(hops.length > 0 && {
        multipath: hops.map((hop): RtnexthopRouteMessageInput => ({
          rtnhHops: hop.weight - 1,
          ...(hop.link !== undefined && { rtnhIfindex: indexIn(indexes, hop.link) }),
          ...(hop.gateway !== undefined && gatewayAttribute(where, family, hop.gateway)),
        })),
      }),
      ...raw,
    }),
  };
}

function checkWays(where: string, input: RouteInput, type: RouteType | undefined): void {
  const ways = (['nextHopId', 'nextHops', 'gateway', 'link'] as const).filter(
    (name) => input[name] !== undefined,
  );
  const [first, second] = ways;
  if (type !== undefined && NOWHERE.has(type) && first !== undefined) {
    throw invalidArgument(
      `${where}: a route of type '${type}' leads nowhere, so '${first}' must be left out`,
    );
  }
  if (second !== undefined && (first === 'nextHopId' || first === 'nextHops')) {
    throw invalidArgument(`${where}: '${first}' and '${second}' exclude each other`);
  }
  if (input.nextHops?.length === 0) throw invalidArgument(`${where}: nextHops must have at least one`);
}

function checkHop(where: string, hop: NextHopInput) {
  checkOptions(where, hop, HOP);
  const { gateway, link, weight = 1 } = hop;
  if (gateway === undefined && link === undefined)
    throw invalidArgument(`${where} needs a gateway or a link`);
  if (link !== undefined) requestOf(where, link);
  return {
    gateway: gateway === undefined ? undefined : ipAddress(`${where}: gateway`, gateway),
    link,
    weight: integer(`${where}: weight`, weight, 1, 256),
  };
}

function destinationOf(where: string, { destination, family }: RouteInput, gateway: string | undefined) {
  const given = family === undefined ? undefined : oneOf(`${where}: family`, family, IP_FAMILIES);
  if (destination === 'default') {
    const found = given ?? (gateway === undefined ? 'ipv4' : familyOf(gateway));
    return { family: found, dst: undefined, length: 0, text: 'default' };
  }
  const prefix = network(`${where}: destination`, destination);
  if (given !== undefined && given !== prefix.family) {
    throw invalidArgument(`${where}: destination ${shown(destination)} is not of family '${given}'`);
  }
  const dst = prefix.length === 0 ? undefined : prefix.address;
  return { family: prefix.family, dst, length: prefix.length, text: cidr(prefix) };
}

/** RTA_GATEWAY, or RTA_VIA for a gateway of the other family, which only IPv4 has. */
function gatewayAttribute(where: string, family: IpFamily, gateway: string): RouteMessageInput {
  const own = familyOf(gateway);
  if (own === family) return { gateway };
  if (family === 'ipv4') return { via: { rtviaFamily: familyNumber(own), rtviaAddr: gateway } };
  throw invalidArgument(`${where}: gateway ${shown(gateway)} must be an IPv6 address, as the destination is`);
}

function isLocal(type: RouteType | undefined): boolean {
  return type === 'local' || type === 'broadcast' || type === 'anycast';
}

function scopeOf(
  where: string,
  { scope }: RouteInput,
  family: IpFamily,
  type: RouteType | undefined,
  isDirect: boolean,
): number {
  if (scope !== undefined) return scopes.number(where, scope);
  if (family === 'ipv6') return 0;
  if (type === 'local') return scopes.number(where, 'host');
  const reachesLink = (type ?? 'unicast') === 'unicast' || type === 'multicast' || isLocal(type);
  return reachesLink && isDirect ? scopes.number(where, 'link') : 0;
}
