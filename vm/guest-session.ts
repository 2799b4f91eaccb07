import type { FileHandle } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { Control } from './control.js';
import { KernelLog } from './kernel-log.js';
import { Output } from './output.js';
import { QemuProcess } from './qemu-process.js';
import type { Machine } from './qemu.js';
import { attachTerminal } from './terminal.js';

/** How a guest's run came to its end. */
export type Ending =
  | { readonly kind: 'status'; readonly status: number; readonly taint: number }
  | { readonly kind: 'setup-failed'; readonly reason: string }
  | { readonly kind: 'qemu-ended' }
  | { readonly kind: 'boot-timeout' }
  | { readonly kind: 'timeout' };

export interface SessionOptions {
  /** An open file, which needs no name. */
  readonly initramfs: FileHandle;
  readonly trailer: string;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly interactive: boolean;
  /** Milliseconds. */
  readonly bootTimeout: number;
  /** Milliseconds; absent for none. */
  readonly timeout: number | undefined;
  readonly signal: AbortSignal | undefined;
}

export interface SessionResult {
  readonly ending: Ending;
  readonly kernelLog: string;
  /** Milliseconds from QEMU's start to the command's; undefined where the guest did not get there. */
  readonly bootTime: number | undefined;
  /** Milliseconds that the command took. */
  readonly commandTime: number | undefined;
  /** What QEMU itself printed. */
  readonly complaint: string;
}

/** How long a guest that no longer answers may take to print its backtrace, in milliseconds. */
const backtraceTime = 4000;
/** How long the command's output and the kernel's log may be silent before they count as complete, in milliseconds. */
const lag = 3000;

/** Boots one guest, runs its command and ends it. */
export async function runSession(machine: Machine, options: SessionOptions): Promise<SessionResult> {
  options.signal?.throwIfAborted();
  const session = new Session(machine, options);
  try {
    return await session.run();
  } finally {
    await session.end();
  }
}

class Session {
  private readonly qemu: QemuProcess;
  private readonly log: KernelLog;
  private readonly outputs: readonly Output[];
  private readonly ending: Promise<Ending>;
  private readonly started = performance.now();
  private readyAt: number | undefined;
  private endedAt: number | undefined;
  private timer: NodeJS.Timeout | undefined;
  private detachTerminal: (() => void) | undefined;

  constructor(
    machine: Machine,
    private readonly options: SessionOptions,
  ) {
    this.qemu = new QemuProcess(machine, options.initramfs);
    this.log = new KernelLog(this.qemu.channel('log'));
    this.outputs = [
      new Output(this.qemu.channel('output'), options.stdout, options.trailer),
      new Output(this.qemu.channel('error'), options.stderr, options.trailer),
    ];
    this.ending = new Promise((resolve) => {
      this.timer = setTimeout(() => resolve({ kind: 'boot-timeout' }), options.bootTimeout);
      const control: Control = new Control(this.qemu.channel('control'), {
        ready: () => this.commandStarts(control, resolve),
        failed: (reason) => resolve({ kind: 'setup-failed', reason }),
        status: (status, taint) => {
          this.endedAt = performance.now();
          resolve({ kind: 'status', status, taint });
        },
      });
      void this.qemu.ended.then(() => resolve({ kind: 'qemu-ended' }));
    });
  }

  async run(): Promise<SessionResult> {
    const ending = await this.endingOrAbort();
    if (ending.kind === 'status') await Promise.race([this.lastWords(), this.qemu.ended]);
    if (ending.kind === 'timeout' || ending.kind === 'boot-timeout') {
      this.qemu.injectNmi();
      await Promise.race([this.qemu.ended, delay(backtraceTime, undefined, { ref: false })]);
    }
    await this.qemu.kill();
    const { started, readyAt, endedAt } = this;
    return {
      ending,
      kernelLog: this.log.text,
      bootTime: readyAt === undefined ? undefined : readyAt - started,
      commandTime: readyAt === undefined || endedAt === undefined ? undefined : endedAt - readyAt,
      complaint: this.qemu.complaint,
    };
  }

  async end(): Promise<void> {
    clearTimeout(this.timer);
    this.detachTerminal?.();
    await this.qemu.kill();
  }

  private commandStarts(control: Control, end: (ending: Ending) => void): void {
    this.readyAt = performance.now();
    clearTimeout(this.timer);
    if (this.options.timeout !== undefined)
      this.timer = setTimeout(() => end({ kind: 'timeout' }), this.options.timeout);
    if (this.options.interactive)
      this.detachTerminal = attachTerminal(this.qemu.channel('terminal'), control);
  }

  private async endingOrAbort(): Promise<Ending> {
    const { signal } = this.options;
    if (signal === undefined) return this.ending;
    const raced = new AbortController();
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { signal: raced.signal });
    });
    return Promise.race([this.ending, aborted]).finally(() => raced.abort());
  }

  /** Waits for what the guest printed and logged before its command ended, which comes by other ways than the status. */
  private async lastWords(): Promise<void> {
    await Promise.all([
      ...this.outputs.map((output) => output.drain(lag)),
      Promise.race([this.log.endOfCommand, delay(lag, undefined, { ref: false })]),
    ]);
  }
}
