import { NETLINK_GENERIC, NETLINK_NETFILTER, NETLINK_ROUTE, NLMSG_MIN_TYPE } from './constants.js';

/** Lengths of NETLINK_ROUTE's fixed headers, by the group of four types that share one: from RTM_NEWLINK on. */
const ROUTE_HEADERS = [16, 8, 12, 12, 12, 20, 20, 20, 20];

/** Bytes between the message header and the first attribute, for protocols whose message type determines them; otherwise 0. */
export function usualHeaderLength(protocol: number, type: number): number {
  if (protocol === NETLINK_GENERIC || protocol === NETLINK_NETFILTER) return 4;
  if (protocol !== NETLINK_ROUTE) return 0;
  return ROUTE_HEADERS[(type - NLMSG_MIN_TYPE) >> 2] ?? 0;
}
