import { openSocket, type OpenSocketOptions } from '../socket/open-socket.js';
import type { NetlinkSocket } from '../socket/netlink-socket.js';
import type { DynamicClient } from '../spec/runtime/client.js';
import type { Family } from '../spec/runtime/family.js';
import { checkOptions, type KnownNames, namesOf } from '../known-names.js';
import { checkSharedSocket } from '../socket/shared-socket.js';
import { atAwait } from '../errors.js';
import { OpenFamily } from './open-family.js';
import { numbersOf } from './numbers.js';

/** Options of `openFamily`. */
export type OpenFamilyOptions = Omit<OpenSocketOptions, 'protocol' | 'acceptFrom' | 'groups'> & {
  /** The socket to use, of the family's protocol; several families can share it. Default: a new one, closed with the client. */
  readonly socket?: NetlinkSocket;
  /** Cancels the lookup of the family; the promise is rejected with the signal's reason. */
  readonly signal?: AbortSignal;
};

const OPTIONS: KnownNames = namesOf<OpenFamilyOptions>({
  socket: true,
  signal: true,
  portId: true,
  options: true,
  netns: true,
  offload: true,
  trace: true,
});

/**
 * Opens a netlink family: a generated one, or one loaded from its specification.
 *
 * ```ts
 * await using ethtool = await openFamily(ethtoolFamily);
 * const rings = await ethtool.do.ringsGet({ header: { devName: 'eth0' } });
 * ```
 *
 * Rejects with ENOENT if the kernel has no such Generic Netlink family (its module is not loaded), and with what
 * `openSocket` throws.
 */
export async function openFamily<Client>(
  family: Family<Client>,
  options: OpenFamilyOptions = {},
): Promise<unknown extends Client ? DynamicClient : Client> {
  checkOptions('openFamily', options, OPTIONS);
  const { socket: shared, signal, ...socketOptions } = options;
  if (shared !== undefined) {
    checkSharedSocket('openFamily', family.name, family.protocol, shared, socketOptions);
  }
  const socket = shared ?? openSocket({ ...socketOptions, protocol: family.protocol });
  try {
    const numbers = numbersOf(family, socket);
    await numbers.ask({ signal });
    // Safe cast: the client type and the operations table are generated from the same specification.
    return new OpenFamily(family, socket, numbers, shared === undefined) as never;
  } catch (error) {
    if (shared === undefined) socket.close();
    throw atAwait(error);
  }
}

/**
 * A family on a socket that is open already, at once. A Generic Netlink family's numbers are asked for by the first call
 * that needs them, which blocks the thread until they are there.
 */
export function familyOn<Client>(family: Family<Client>, socket: NetlinkSocket): Client {
  checkSharedSocket('familyOn', family.name, family.protocol, socket, {});
  // Safe cast: the client type and the operations come from the same specification.
  return new OpenFamily(family, socket, numbersOf(family, socket), false) as never;
}
