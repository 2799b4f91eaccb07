import { setTimeout as delay } from 'node:timers/promises';
import type { Readable, Writable } from 'node:stream';
import { UntilTrailer } from './trailer.js';

/** One of the command's two output streams, on its way to the caller. */
export class Output {
  /** Resolves when all that the command wrote has been passed on. */
  readonly complete: Promise<void>;
  private received = 0;

  constructor(
    port: Readable,
    private readonly target: Writable,
    trailer: string,
  ) {
    this.complete = new Promise((resolve) => {
      port.on('data', (chunk: Buffer) => (this.received += chunk.length));
      port.pipe(new UntilTrailer(Buffer.from(trailer), resolve)).pipe(target, { end: false });
    });
  }

  /** Waits for the stream's end, as long as bytes come in or the reader is slow to take them. */
  async drain(quiet: number): Promise<void> {
    for (let before = -1; before !== this.received || this.target.writableNeedDrain;) {
      before = this.received;
      const outcome = await Promise.race([
        this.complete.then(() => 'complete'),
        delay(quiet, 'waiting', { ref: false }),
      ]);
      if (outcome === 'complete') return;
    }
  }
}
