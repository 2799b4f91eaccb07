import type { FileHandle } from 'node:fs/promises';
import type { Accelerator } from './accelerator.js';

/** What one guest is made of. */
export interface Machine {
  readonly accelerator: Accelerator;
  readonly image: string;
  /** MiB. */
  readonly memory: number;
  readonly processors: number;
  /** Host folders that the guest may write, each under a 9p tag. */
  readonly writable: readonly { tag: string; path: string }[];
  readonly kernelArguments: readonly string[];
}

/** The channels between the two sides. */
export const channels = ['log', 'control', 'output', 'error', 'terminal', 'monitor'] as const;
export type Channel = (typeof channels)[number];

/** QEMU's file descriptors from 3 on: the initramfs, then the channels. */
const initramfsFd = 3;
export const channelFd = (channel: Channel): number => initramfsFd + 1 + channels.indexOf(channel);

/** What QEMU inherits. */
export function inheritedFds(initramfs: FileHandle): (number | 'pipe')[] {
  return [initramfs.fd, ...channels.map(() => 'pipe' as const)];
}

const commandLine = [
  'console=ttyS0',
  'loglevel=8',
  'printk.time=1',
  // An oops or a non-maskable interrupt ends the guest with a backtrace; -no-reboot then ends QEMU.
  'oops=panic',
  'panic=-1',
  'unknown_nmi_panic',
  // The interrupt reaches one processor alone, and the one that hangs may be another: bit 6 asks for the backtrace of each.
  'panic_print=0x40',
  // Each saves boot time; together they take a fifth off it.
  'no_timer_check',
  'tsc=reliable',
  'rcupdate.rcu_expedited=1',
  'nowatchdog',
  'cryptomgr.notests',
  'random.trust_cpu=on',
  'lsm=',
  'audit=0',
  '8250.nr_uarts=2',
];

/** QEMU's arguments. The channels are sockets that it inherits, so nothing on disk needs a name. */
export function qemuArguments(machine: Machine): string[] {
  const chardev = (channel: Channel): string[] => [
    '-chardev',
    `socket,id=${channel},fd=${channelFd(channel)}`,
  ];
  const port = (channel: Channel): string[] => [
    '-device',
    `virtserialport,chardev=${channel},name=${channel}`,
  ];
  const folder = (tag: string, path: string, options: string): string[] => [
    ...['-fsdev', `local,id=${tag},path=${escapeComma(path)},multidevs=remap,${options}`],
    ...['-device', `virtio-9p-pci,fsdev=${tag},mount_tag=${tag}`],
  ];
  return [
    ...['-machine', 'q35,usb=off,vmport=off', '-cpu', 'max', '-smp', String(machine.processors)],
    // One thread for all processors: with one each, QEMU before 8.1 may go on with code that another processor has patched,
    // as the kernel does to its own when a tracer or a static key is switched, and the guest then hangs in a breakpoint for good.
    ...['-accel', machine.accelerator === 'kvm' ? 'kvm' : 'tcg,thread=single'],
    ...['-m', String(machine.memory)],
    ...['-nodefaults', '-no-user-config', '-no-reboot', '-display', 'none', '-nic', 'none'],
    ...['-kernel', machine.image, '-initrd', `/proc/self/fd/${initramfsFd}`],
    ...['-append', [...commandLine, ...machine.kernelArguments].join(' ')],
    ...channels.flatMap(chardev),
    ...['-serial', 'chardev:log', '-serial', 'chardev:terminal'],
    ...['-device', 'virtio-serial-pci'],
    ...port('control'),
    ...port('output'),
    ...port('error'),
    ...['-mon', 'chardev=monitor,mode=control'],
    ...folder('root', '/', 'security_model=none,readonly=on'),
    ...machine.writable.flatMap(({ tag, path }) =>
      folder(tag, path, 'security_model=mapped-xattr,fmode=0644,dmode=0755'),
    ),
  ];
}

/** QEMU's option syntax doubles a comma that is part of a value. */
function escapeComma(value: string): string {
  return value.replaceAll(',', ',,');
}
