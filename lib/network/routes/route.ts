import type { RouteMessage, RtnexthopRouteMessage } from '../../families/rt-route.js';
import { type Family, familyName } from '../ip.js';
import { protocols, scopes, tables } from '../names/tables.js';

/** What becomes of a packet that a route is for (RTN_*). */
export type RouteType =
  | 'unicast'
  | 'local'
  | 'broadcast'
  | 'anycast'
  | 'multicast'
  | 'blackhole'
  | 'unreachable'
  | 'prohibit'
  | 'throw';

/** One of the ways of a route with several. */
export interface NextHop {
  readonly gateway?: string;
  readonly link?: string;
  readonly linkIndex?: number;
  /** Its share, 1 to 256 (rtnh_hops + 1). */
  readonly weight: number;
}

/** A route. */
export class Route {
  /** `'default'`, or the network: `'192.0.2.0/24'`. */
  readonly destination: string;
  readonly family: Family;
  readonly type: RouteType;
  /** By name, or by number without one (RTA_TABLE). */
  readonly table: string | number;
  /** Who added it (rtm_protocol). */
  readonly protocol: string | number;
  /** How far the destination is (rtm_scope). */
  readonly scope: string | number;
  /** The next router, of either family (RTA_GATEWAY, RTA_VIA). */
  declare readonly gateway?: string;
  /** The link that packets leave by (RTA_OIF). */
  declare readonly link?: string;
  declare readonly linkIndex?: number;
  /** The address to send from (RTA_PREFSRC). */
  declare readonly source?: string;
  /** Lower ones have precedence (RTA_PRIORITY). */
  declare readonly metric?: number;
  /** Of a route with several ways (RTA_MULTIPATH). */
  declare readonly nextHops?: readonly NextHop[];
  /** Of a route by a next-hop object (RTA_NH_ID). */
  declare readonly nextHopId?: number;
  /** Largest packet in bytes, if the route has its own (RTAX_MTU). */
  declare readonly mtu?: number;
  readonly #raw: RouteMessage;

  /** @internal */
  constructor(message: RouteMessage, nameOf: (index: number) => string) {
    const { dst, oif, prefsrc, priority, multipath, nhId, metrics } = message;
    this.family = familyName(message.rtmFamily);
    this.destination = dst === undefined ? 'default' : `${dst}/${message.rtmDstLen}`;
    this.type = (typeof message.rtmType === 'string' ? message.rtmType : 'unicast') as RouteType;
    this.table = tables.name(tableOf(message));
    this.protocol = protocols.name(message.rtmProtocol);
    this.scope = scopes.name(message.rtmScope);
    const gateway = gatewayOf(message);
    if (gateway !== undefined) this.gateway = gateway;
    if (oif !== undefined) {
      this.link = nameOf(oif);
      this.linkIndex = oif;
    }
    if (prefsrc !== undefined) this.source = prefsrc;
    if (priority !== undefined) this.metric = priority;
    if (multipath !== undefined) this.nextHops = multipath.map((hop) => nextHopOf(hop, nameOf));
    if (nhId !== undefined) this.nextHopId = nhId;
    if (metrics?.mtu !== undefined) this.mtu = metrics.mtu;
    this.#raw = message;
  }

  /** The message as the kernel sent it. */
  get raw(): RouteMessage {
    return this.#raw;
  }
}

/** The number of a route's table. */
export function tableOf({ table, rtmTable }: RouteMessage): number {
  return table ?? rtmTable;
}

/** The indexes of the links that a route leads to. */
export function linksOf({ oif, multipath = [] }: RouteMessage): number[] {
  return [...(oif === undefined ? [] : [oif]), ...multipath.map(({ rtnhIfindex }) => rtnhIfindex)];
}

function gatewayOf({ gateway, via }: Pick<RouteMessage, 'gateway' | 'via'>): string | undefined {
  return gateway ?? via?.rtviaAddr;
}

function nextHopOf(hop: RtnexthopRouteMessage, nameOf: (index: number) => string): NextHop {
  const gateway = gatewayOf(hop);
  return {
    ...(gateway !== undefined && { gateway }),
    ...(hop.rtnhIfindex > 0 && { link: nameOf(hop.rtnhIfindex), linkIndex: hop.rtnhIfindex }),
    weight: hop.rtnhHops + 1,
  };
}
