// Named imports: what a program puts in the place of the global clock and timers does not hold up its events.
import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers';

/** So many datagrams within the time of a rest are a stream. */
const STREAM = 16;
const MILLISECONDS_PER_REST = 1;
/** SO_RCVBUF from which on a rest cannot make the kernel drop anything: more than it can queue meanwhile. */
export const COALESCING_RECEIVE_BUFFER = 2 << 20;

/**
 * A reader that is faster than a stream of events is woken for each, and waking costs more than the event does. So as
 * network cards do with interrupts: while a stream lasts, rest a millisecond, then take what has come, all at once.
 * What comes out of silence is given at once.
 */
export class EventCoalescer {
  readonly #onRested: () => void;
  #began = 0;
  #received = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(onRested: () => void) {
    this.#onRested = onRested;
  }

  get resting(): boolean {
    return this.#timer !== undefined;
  }

  /** Counts what was received just now, and begins a rest where that is part of a stream. */
  received(datagrams: number): void {
    const now = performance.now();
    if (now - this.#began > MILLISECONDS_PER_REST) {
      this.#began = now;
      this.#received = 0;
    }
    this.#received += datagrams;
    if (this.#received < STREAM) return;
    this.#received = 0;
    this.#timer = setTimeout(this.#wake, MILLISECONDS_PER_REST);
  }

  /** Whether the rest keeps the process alive. */
  setKeepAlive(keepAlive: boolean): void {
    if (keepAlive) this.#timer?.ref();
    else this.#timer?.unref();
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  readonly #wake = (): void => {
    this.#timer = undefined;
    this.#onRested();
  };
}
