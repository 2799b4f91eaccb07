// Ends a process whose input takes more than half a minute, which nothing within its thread could do.
import { Worker } from 'node:worker_threads';

const LONGEST = 1 << 20;
const MILLISECONDS = 30_000;

const WORKER = `
  const { workerData: { memory, file, milliseconds } } = require('node:worker_threads');
  const { writeFileSync } = require('node:fs');
  const words = new Int32Array(memory, 0, 2);
  let last = -1;
  setInterval(() => {
    const now = Atomics.load(words, 0);
    if (now === last) {
      const input = new Uint8Array(memory, 8, Atomics.load(words, 1)).slice();
      writeFileSync(file, input);
      require('node:fs').writeSync(2, 'fuzz: one input takes more than ' + milliseconds / 1000 + ' s: ' + file + '\\n');
      process.kill(process.pid, 'SIGKILL');
    }
    last = now;
  }, milliseconds).unref();
`;

export class Watchdog {
  readonly #memory = new SharedArrayBuffer(8 + LONGEST);
  readonly #words = new Int32Array(this.#memory, 0, 2);
  readonly #bytes = new Uint8Array(this.#memory, 8);
  readonly #worker: Worker;

  /** `file` gets the input that did not end. */
  constructor(file: string) {
    const workerData = { memory: this.#memory, file, milliseconds: MILLISECONDS };
    this.#worker = new Worker(WORKER, { eval: true, workerData });
    this.#worker.unref();
  }

  watch(input: Uint8Array): void {
    this.#bytes.set(input.subarray(0, LONGEST));
    this.#words[1] = Math.min(input.length, LONGEST);
    Atomics.add(this.#words, 0, 1);
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}
