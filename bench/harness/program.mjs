// One program that is measured, as a process.
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

const NOT_OFFERED = 2;
const TIMEOUT_MS = 120_000;

/** Thrown for a program that failed, was killed, or never ended. */
export class ProgramFailure extends Error {}

export class Program {
  #stdout = '';
  #stderr = '';
  #outcome;

  constructor(command, timeoutMs = TIMEOUT_MS) {
    const [name, ...args] = command.map(String);
    this.child = spawn(name, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.child.stdout.on('data', (data) => (this.#stdout += data));
    this.child.stderr.on('data', (data) => (this.#stderr += data));
    const timer = setTimeout(() => this.child.kill('SIGKILL'), timeoutMs);
    this.ended = new Promise((resolve, reject) => {
      this.child.on('error', reject);
      this.child.on('close', (status, signal) => {
        clearTimeout(timer);
        this.#outcome = { status, signal };
        resolve();
      });
    });
  }

  get running() {
    return this.#outcome === undefined;
  }

  /** Waits for a line that starts with READY and gives the rest of it. */
  async ready() {
    while (this.running) {
      const line = /^READY ?(.*)\n/m.exec(this.#stdout);
      if (line) return line[1];
      await Promise.race([sleep(10), this.ended]);
    }
    return undefined;
  }

  /** The samples, once the program has ended; undefined where it does not offer the variant. */
  async samples() {
    await this.ended;
    const { status, signal } = this.#outcome;
    if (status === NOT_OFFERED) return undefined;
    if (status !== 0) throw new ProgramFailure(this.#reason(status, signal));
    return this.#stdout
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line));
  }

  #reason(status, signal) {
    const lines = this.#stderr.trim().split('\n');
    const told = (lines.find((line) => /error|fail/i.test(line)) ?? lines[lines.length - 1])
      .trim()
      .slice(0, 160);
    if (signal === 'SIGKILL') return `did not end within ${TIMEOUT_MS / 1000} s`;
    return `${signal === null ? `exit status ${status}` : `ended by ${signal}`}${told && `: ${told}`}`;
  }

  stop() {
    this.child.kill('SIGTERM');
    return this.ended;
  }
}
