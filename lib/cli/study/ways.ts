import { deviceEcho, ioctlEcho, procEcho } from './file-echo.js';
import { kernelToKernel } from './kernel-to-kernel.js';
import { kernelToUser } from './kernel-to-user.js';
import { netlinkEcho } from './netlink-echo.js';
import { ringEcho } from './ring-echo.js';
import { userToKernel } from './user-to-kernel.js';
import { userToUser } from './user-to-user.js';
import type { Way } from './way.js';

/** A slot of the mapped ring has no room for more. */
const RING_LARGEST = 4080;

export const ways: readonly Way[] = [
  { name: 'kernel to kernel', kind: 'one way', open: kernelToKernel('') },
  { name: 'oversized kernel to kernel', kind: 'one way', open: kernelToKernel('oversized') },
  { name: 'user to kernel', kind: 'one way', anywhere: true, open: userToKernel },
  { name: 'kernel to user', kind: 'one way', open: kernelToUser },
  { name: 'user to user', kind: 'one way', anywhere: true, open: userToUser },
  { name: 'netlink', kind: 'echo', open: netlinkEcho(1) },
  { name: 'netlink by 16', kind: 'echo', open: netlinkEcho(16) },
  { name: 'mapped ring', kind: 'echo', largest: RING_LARGEST, open: ringEcho(1) },
  { name: 'mapped ring by 16', kind: 'echo', largest: RING_LARGEST, open: ringEcho(16) },
  { name: 'ioctl', kind: 'echo', open: ioctlEcho },
  { name: 'write and read a device', kind: 'echo', open: deviceEcho },
  { name: 'write and read in /proc', kind: 'echo', open: procEcho },
];
