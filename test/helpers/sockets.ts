import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach } from '@jest/globals';
import { type NetlinkSocket, openSocket, type OpenSocketOptions } from 'afnetlink';

export const NETLINK_ROUTE = 0;
export const NETLINK_USERSOCK = 2;

const opened: NetlinkSocket[] = [];

afterEach(() => {
  for (const socket of opened.splice(0)) socket.close();
});

/** Opens a socket that is closed after the test; NETLINK_USERSOCK if nothing else is said. */
export function open(options: Partial<OpenSocketOptions> = {}): NetlinkSocket {
  const socket = openSocket({ protocol: NETLINK_USERSOCK, ...options });
  opened.push(socket);
  return socket;
}

/** Two of them. */
export function openPair(options: Partial<OpenSocketOptions> = {}): [NetlinkSocket, NetlinkSocket] {
  return [open(options), open(options)];
}

/** Until a port id is nobody's any more, so that the socket bound to it can be opened. */
export async function untilFree(openBound: () => NetlinkSocket): Promise<void> {
  for (;;) {
    try {
      openBound().close();
      return;
    } catch (error) {
      if ((error as { code?: string }).code !== 'EADDRINUSE') throw error;
      await sleep(5);
    }
  }
}

/** The 32-bit word at an offset, in host order. */
export function wordAt(bytes: Uint8Array, offset: number): number | undefined {
  return new Int32Array(bytes.slice(offset, offset + 4).buffer)[0];
}

/** Bytes of 32-bit words in host order. */
export function words(...values: readonly number[]): Uint8Array {
  return new Uint8Array(new Int32Array(values).buffer);
}
