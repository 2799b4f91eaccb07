import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { echoByIoctl } from '../../ring/index.js';
import type { OpenWay } from './way.js';

const DEVICE = '/dev/netlink_test_echo';
const PROC_FILE = '/proc/netlink_test_echo';

function writeAndRead(path: string) {
  return (size: number): Promise<OpenWay> => {
    const descriptor = openSync(path, 'r+');
    const bytes = new Uint8Array(size);
    return Promise.resolve({
      copyLengths: [size],
      run(messages) {
        for (let sent = 0; sent < messages; sent++) {
          writeSync(descriptor, bytes);
          readSync(descriptor, bytes);
        }
        return undefined;
      },
      close: () => closeSync(descriptor),
    });
  };
}

export const deviceEcho = writeAndRead(DEVICE);
export const procEcho = writeAndRead(PROC_FILE);

export function ioctlEcho(size: number): Promise<OpenWay> {
  const descriptor = openSync(DEVICE, 'r+');
  const bytes = new ArrayBuffer(size);
  return Promise.resolve({
    copyLengths: [size],
    run(messages) {
      for (let sent = 0; sent < messages; sent++) echoByIoctl(descriptor, bytes);
      return undefined;
    },
    close: () => closeSync(descriptor),
  });
}
