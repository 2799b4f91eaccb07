import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSocket } from '../../index.js';
import { NETLINK_USERSOCK, NLMSG_HDRLEN } from '../../wire/index.js';
import { packageFile } from '../package.js';
import type { OpenWay } from './way.js';

/** Another process sends each message back, so that half of them go each way. */
export async function userToUser(size: number): Promise<OpenWay> {
  const peer = spawn(process.execPath, [packageFile('dist/cli/study/echo-peer.js')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [line] = (await once(peer.stdout, 'data')) as [Buffer];
  const socket = openSocket({ protocol: NETLINK_USERSOCK });
  const message = { payload: new Uint8Array(size), to: { portId: Number(line.toString()) } };
  return {
    copyLengths: [NLMSG_HDRLEN + size],
    batch: 2,
    threads: peer.pid === undefined ? [] : [peer.pid],
    run(messages) {
      for (let sent = 0; sent < messages; sent += 2) {
        socket.send(message);
        socket.receiveSync({ timeout: 10_000 });
      }
      return undefined;
    },
    close: () => {
      socket.close();
      peer.kill();
    },
  };
}
