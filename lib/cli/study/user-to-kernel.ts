import { openSocket } from '../../index.js';
import { NETLINK_ROUTE, NLMSG_HDRLEN, NLMSG_NOOP } from '../../wire/index.js';
import type { OpenWay } from './way.js';

/** Messages that the kernel's end receives and ignores. */
export function userToKernel(size: number): Promise<OpenWay> {
  const socket = openSocket({ protocol: NETLINK_ROUTE });
  const message = { type: NLMSG_NOOP, payload: new Uint8Array(size) };
  return Promise.resolve({
    copyLengths: [NLMSG_HDRLEN + size],
    run(messages) {
      for (let sent = 0; sent < messages; sent++) socket.send(message);
      return undefined;
    },
    close: () => socket.close(),
  });
}
