import { openSocket, type OpenSocketOptions } from '../socket/open-socket.js';
import type { NetlinkSocket } from '../socket/netlink-socket.js';
import type { DynamicClient } from '../spec/runtime/client.js';
import type { Family } from '../spec/runtime/family.js';
import { checkOptions, type KnownNames, namesOf } from '../known-names.js';
import { checkSharedSocket } from '../socket/shared-socket.js';
import { atAwait } from '../errors.js';
import { OpenFamily } from './open-family.js';
import { numbersOf } from './numbers.js';

export type OpenFamilyOptions = Omit<OpenSocketOptions, 'protocol' | 'acceptFrom' | 'groups'> & {
  /** A socket of the family's protocol to use, which several families can share. Default: a new one, closed with the client. */
  readonly socket?: NetlinkSocket;
  /** Gives up looking the family up; its promise is rejected with the signal's reason. */
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
 * Opens a netlink family: a generated one, or one that was loaded from its specification.
 *
 * ```ts
 * await using ethtool = await openFamily(ethtoolFamily);
 * const rings = await ethtool.do.ringsGet({ header: { devName: 'eth0' } });
 * ```
 *
 * Rejected with ENOENT where the kernel has no such Generic Netlink family (its module is not loaded), and what
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
    // What the family's operations are is what its type says: both come from the same specification.
    return new OpenFamily(family, socket, numbers, shared === undefined) as never;
  } catch (error) {
    if (shared === undefined) socket.close();
    throw atAwait(error);
  }
}
