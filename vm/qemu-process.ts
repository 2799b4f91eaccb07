import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { FileHandle } from 'node:fs/promises';
import type { Duplex } from 'node:stream';
import { requireProgram } from './programs.js';
import { channelFd, channels, inheritedFds, qemuArguments, type Channel, type Machine } from './qemu.js';

// The kernel ends QEMU when this process ends. Had this process ended before that was asked for, the shell notices by its parent.
const startedBy = '[ "$PPID" = "$0" ] && exec "$@"';

/** A running QEMU, in a session of its own, so that a terminal's signals reach this process alone. */
export class QemuProcess {
  /** Resolves when QEMU has ended and everything that it wrote has been read. */
  readonly ended: Promise<void>;
  private readonly child: ChildProcess;
  private readonly messages: Buffer[] = [];

  /** `initramfs` is an open file, which needs no name. */
  constructor(machine: Machine, initramfs: FileHandle) {
    const qemu = [requireProgram('qemu-system-x86_64'), ...qemuArguments(machine)];
    this.child = spawn(
      requireProgram('setpriv'),
      ['--pdeathsig', 'KILL', '/bin/sh', '-c', startedBy, String(process.pid), ...qemu],
      { detached: true, stdio: ['ignore', 'ignore', 'pipe', ...inheritedFds(initramfs)] },
    );
    this.child.stderr?.on('data', (chunk: Buffer) => this.messages.push(chunk));
    this.ended = once(this.child, 'close').then(() => undefined);
    for (const name of channels) {
      // A channel breaks when QEMU ends, which `ended` reports.
      this.channel(name).on('error', () => undefined);
    }
  }

  /** What QEMU itself complained about. */
  get complaint(): string {
    return Buffer.concat(this.messages).toString().trim();
  }

  channel(name: Channel): Duplex {
    return this.child.stdio[channelFd(name)] as Duplex;
  }

  /** Makes the kernel panic with a backtrace of what it does, where it still takes a non-maskable interrupt. */
  injectNmi(): void {
    for (const command of ['qmp_capabilities', 'inject-nmi']) {
      this.channel('monitor').write(`${JSON.stringify({ execute: command })}\n`);
    }
  }

  /** Ends QEMU at once; nothing in the guest is worth saving. What it wrote can still be read. */
  kill(): void {
    this.child.kill('SIGKILL');
  }

  /** Ends QEMU, whether or not its output is read. */
  async end(): Promise<void> {
    this.kill();
    for (const name of channels) this.channel(name).destroy();
    await this.ended;
  }
}
