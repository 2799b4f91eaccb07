import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readlinkSync } from 'node:fs';
import { afterAll, beforeAll } from '@jest/globals';

/** A network namespace of a test file's own, held open by a process that does nothing. */
export interface PrivateNamespace {
  /** For the option of that name. */
  readonly netns: { readonly pid: number };
  /** Runs a program inside, and returns what it prints. */
  run(program: string, ...args: readonly string[]): string;
  /** Runs `ip` with the words of a line. */
  ip(line: string): string;
  /** Runs `ip -j` and parses what it prints. */
  ipJson(line: string): unknown;
}

/** Makes a namespace before the tests of this file, with loopback up, and ends it after them. */
export function privateNamespace(): PrivateNamespace {
  let holder: ChildProcess | undefined;
  const pid = () => holder?.pid ?? 0;
  const run = (program: string, ...args: readonly string[]) =>
    execFileSync('nsenter', ['--target', `${pid()}`, '--net', '--', program, ...args], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  const ip = (line: string) => run('ip', ...line.split(' '));

  beforeAll(async () => {
    holder = spawn('unshare', ['--net', 'sleep', 'infinity'], { stdio: 'ignore' });
    const own = readlinkSync('/proc/self/ns/net');
    while (namespaceOf(pid()) === own) await new Promise((resolve) => setTimeout(resolve, 5));
    ip('link set lo up');
  });
  afterAll(async () => {
    if (holder === undefined) return;
    // Its end is waited for: jest complains of what is still there a second after the last test.
    const ended = once(holder, 'exit');
    holder.kill('SIGKILL');
    await ended;
  });

  return {
    get netns() {
      return { pid: pid() };
    },
    run,
    ip,
    ipJson: (line) => JSON.parse(ip(`-j ${line}`) || '[]') as unknown,
  };
}

function namespaceOf(pid: number): string {
  return readlinkSync(`/proc/${pid}/ns/net`);
}
