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

/** How long the command's output and the kernel's log may be silent before they count as complete, in milliseconds. */
const lag = 4000;
/**
 * How long a guest that hangs may be silent while it makes its backtraces, in milliseconds: a processor that panics waits ten
 * seconds for the others before it prints anything.
 */
const backtraceLag = 15_000;
/** How long it may take in all, in milliseconds. */
const backtraceTime = 60_000;

/** Boots one guest, runs its command and ends it. */
export async function runSession(machine: Machine, options: SessionOptions): Promise<SessionResult> {
  options.signal?.throwIfAborted();
  const session = new Session(machine, options);
  const over = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    options.signal?.addEventListener('abort', () => reject(options.signal?.reason as Error), {
      signal: over.signal,
    });
  });
  try {
    return await Promise.race([session.run(), aborted]);
  } finally {
    over.abort();
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
    const ending = await this.ending;
    if (ending.kind === 'status') await Promise.race([this.lastWords(), this.qemu.ended]);
    if (ending.kind === 'boot-timeout') await this.backtrace(lag);
    if (ending.kind === 'timeout') await this.backtrace(backtraceLag);
    this.qemu.kill();
    await this.qemu.ended;
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
    await this.qemu.end();
  }

  private commandStarts(control: Control, end: (ending: Ending) => void): void {
    this.readyAt = performance.now();
    clearTimeout(this.timer);
    if (this.options.timeout !== undefined)
      this.timer = setTimeout(() => end({ kind: 'timeout' }), this.options.timeout);
    if (this.options.interactive)
      this.detachTerminal = attachTerminal(this.qemu.channel('terminal'), control);
  }

  /** Has the kernel say what each processor is doing, and panic, as far as it still can. */
  private async backtrace(silence: number): Promise<void> {
    this.qemu.injectNmi();
    const patience = delay(backtraceTime, undefined, { ref: false });
    await Promise.race([this.log.silence(silence), this.qemu.ended, patience]);
  }

  /** Waits for what the guest printed and logged before its command ended, which comes by other ways than the status. */
  private async lastWords(): Promise<void> {
    await Promise.all([
      ...this.outputs.map((output) => output.drain(lag)),
      Promise.race([this.log.endOfCommand, delay(lag, undefined, { ref: false })]),
    ]);
  }
}
