import { netlinkTestFamily } from '../../families/netlink_test.js';
import { openFamily, openSocket } from '../../index.js';
import { NLMSG_HDRLEN } from '../../wire/index.js';
import { MODULE_PROTOCOL } from './module.js';
import type { OpenWay } from './way.js';

/** This many messages of any size fit into the receive buffer, so none is dropped. */
const BURST = 64;
const RECEIVE_BUFFER = 16 << 20;

/** A flood of the module, in bursts. */
export async function kernelToUser(size: number): Promise<OpenWay> {
  const family = await openFamily(netlinkTestFamily);
  const socket = openSocket({ protocol: MODULE_PROTOCOL, options: { receiveBufferSize: RECEIVE_BUFFER } });
  return {
    copyLengths: [NLMSG_HDRLEN + size],
    async run(messages) {
      let nanoseconds = 0;
      for (let left = messages; left > 0; left -= BURST) {
        const count = Math.min(left, BURST);
        const begin = performance.now();
        await family.do.startFlood({ portId: socket.portId, count, size });
        for (let received = 0; received < count; received++) socket.receiveSync({ timeout: 10_000 });
        nanoseconds += (performance.now() - begin) * 1e6;
        while ((await family.do.getFlood({})).running === true);
      }
      return nanoseconds;
    },
    close: () => {
      socket.close();
      family.close();
    },
  };
}
