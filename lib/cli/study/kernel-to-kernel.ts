import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { NLMSG_HDRLEN } from '../../wire/index.js';
import type { OpenWay } from './way.js';

const FILE = '/sys/kernel/debug/netlink_test/kernel_to_kernel';

/** A thread of the kernel sends to port id 0 (kernel-module/k2k.c), and the module times it. */
export function kernelToKernel(kind: '' | 'oversized') {
  return (size: number): Promise<OpenWay> => {
    const descriptor = openSync(FILE, 'r+');
    const length = NLMSG_HDRLEN + size;
    let copied = 0;
    return Promise.resolve({
      copyLengths: [length],
      run(messages) {
        writeSync(descriptor, `${size} ${messages} ${kind}`);
        const report = readFileSync(descriptor, 'latin1');
        const figure = (name: string) => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(report)?.[1]);
        copied += figure('copied_bytes');
        return Promise.resolve(figure('nanoseconds'));
      },
      copiedInKernel: () => Promise.resolve({ copies: copied / length, bytes: copied }),
      close: () => closeSync(descriptor),
    });
  };
}
