import { netlinkTestFamily } from '../../families/netlink_test.js';
import { openFamily, openSocket } from '../../index.js';
import { NLMSG_HDRLEN } from '../../wire/index.js';
import { MODULE_PROTOCOL } from './module.js';
import type { OpenWay } from './way.js';

/** Room for all messages of a batch. */
const BUFFERS = { sendBufferSize: 2 << 20, receiveBufferSize: 4 << 20 };

/** The module's echo through a socket, `batch` messages in a datagram. */
export function netlinkEcho(batch: number) {
  return async (size: number): Promise<OpenWay> => {
    const family = await openFamily(netlinkTestFamily);
    const socket = openSocket({ protocol: MODULE_PROTOCOL, options: BUFFERS });
    const messages = Array.from({ length: batch }, () => ({ payload: new Uint8Array(size) }));
    return {
      copyLengths: [...new Set([NLMSG_HDRLEN + size, batch * (NLMSG_HDRLEN + size)])],
      batch,
      run(count) {
        for (let sent = 0; sent < count; sent += batch) {
          socket.sendMany(messages);
          for (let received = 0; received < batch; received++) socket.receiveSync({ timeout: 10_000 });
        }
        return undefined;
      },
      copiedInKernel: async () => {
        const bytes = Number((await family.do.getCounters({})).counters?.copiedBytes);
        return { copies: bytes / size, bytes };
      },
      close: () => {
        socket.close();
        family.close();
      },
    };
  };
}
