import { invalidArgument } from '../errors.js';
import type { NetlinkSocket } from './netlink-socket.js';

/**
 * Checks a socket that the caller of `where` gave in place of options to open one.
 *
 * @param what the family that it is for
 * @param others the options that came with it, which could have no effect
 */
export function checkSharedSocket(
  where: string,
  what: string,
  protocol: number,
  socket: NetlinkSocket,
  others: object,
): void {
  if (socket.protocol !== protocol) {
    throw invalidArgument(
      `${where}: the socket has netlink protocol ${socket.protocol}, but '${what}' needs protocol ${protocol}`,
    );
  }
  const [surplus] = Object.entries(others).filter(([, value]) => value !== undefined);
  if (surplus === undefined) return;
  throw invalidArgument(
    `${where}: option '${surplus[0]}' has no effect on a socket that is open already; leave it out`,
  );
}
