import { checkRange, U32_MAX } from '../ranges.js';

/** A port id, a multicast group (1 to 32), or both. */
export interface Destination {
  /** Default: 0, the kernel. */
  readonly portId?: number;
  /** Sending to a group needs CAP_NET_ADMIN in most protocols. */
  readonly group?: number;
}

/** A destination as the calls of lib/native want it. Throws ERR_NETLINK_INVALID_ARGUMENT. */
export function checkDestination(
  call: string,
  { portId = 0, group = 0 }: Destination,
): {
  portId: number;
  groupMask: number;
} {
  checkRange(`${call}: portId`, portId, U32_MAX);
  checkRange(`${call}: group`, group, 32);
  return { portId, groupMask: group === 0 ? 0 : (1 << (group - 1)) >>> 0 };
}
