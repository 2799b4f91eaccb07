import { readFileSync } from 'node:fs';
import { Writable } from 'node:stream';
import { runInGuest, type GuestResult, type RunInGuestOptions } from 'afnetlink/vm';

export interface GuestRun extends GuestResult {
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Runs a command in a guest, by default without netlink_test, and keeps what it prints. */
export async function runGuest(options: RunInGuestOptions): Promise<GuestRun> {
  const stdout = new Collector();
  const stderr = new Collector();
  const result = await runInGuest({ module: false, ...options, stdout, stderr });
  return { ...result, stdout: stdout.content, stderr: stderr.content.toString() };
}

/** Runs shell commands in a guest. */
export async function runShell(script: string, options: Partial<RunInGuestOptions> = {}): Promise<GuestRun> {
  return runGuest({ ...options, command: ['/bin/sh', '-c', script] });
}

class Collector extends Writable {
  private readonly chunks: Buffer[] = [];

  get content(): Buffer {
    return Buffer.concat(this.chunks);
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.chunks.push(chunk);
    done();
  }
}

/** The children of a process, by their ids. */
export function childrenOf(pid: number): number[] {
  const list = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return list === '' ? [] : list.split(' ').map(Number);
}

/** Whether a process is there and no zombie. */
export function isRunning(pid: number): boolean {
  try {
    return !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** Waits until a condition holds; the test's own time limit ends the wait. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}
