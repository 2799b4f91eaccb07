import type { DatagramConsumer, DatagramPort } from './datagram-port.js';

/** One of the parts of a socket that read from its port. */
export interface PortReader extends DatagramConsumer {
  /** Whether it waits for datagrams. */
  readonly wantsInput: boolean;
  /** Whether calls wait that no datagram can settle yet: they keep the process alive like those that wait for input. */
  readonly waits: boolean;
}

/** The longest time that setInterval accepts, in milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Shares a port among readers: the port is watched while one of them waits for datagrams. */
export class PortReaders implements DatagramConsumer {
  readonly port: DatagramPort;
  readonly #readers: PortReader[] = [];
  readonly #closeListeners = new Set<() => void>();
  #keepAlive = true;
  /** Keeps the process alive while calls wait and the port is not watched. */
  #waiting: NodeJS.Timeout | undefined;

  constructor(open: (consumer: DatagramConsumer) => DatagramPort) {
    this.port = open(this);
  }

  /** Adds a reader that comes before the others. */
  addFirst(reader: PortReader): void {
    this.#readers.unshift(reader);
  }

  /** Calls `listener` when the port is closed, before the readers are notified. Returns a function that removes it. */
  beforeClose(listener: () => void): () => void {
    this.#closeListeners.add(listener);
    return () => this.#closeListeners.delete(listener);
  }

  /** Call when a reader's `wantsInput` may have changed. */
  updateWatch(): void {
    const { port } = this;
    if (port.closed) return;
    if (this.#readers.some(wantsInput)) port.watch();
    else port.unwatch();
    this.#updateWaiting();
  }

  /** Whether waiting on the port keeps the process alive. Initially true. */
  setKeepAlive(keepAlive: boolean): void {
    this.#keepAlive = keepAlive;
    this.port.setKeepAlive(keepAlive);
    this.#updateWaiting();
  }

  #updateWaiting(): void {
    if (this.#keepAlive && this.#readers.some(waits)) {
      this.#waiting ??= setInterval(() => undefined, LONGEST_TIMER);
    } else if (this.#waiting !== undefined) {
      clearInterval(this.#waiting);
      this.#waiting = undefined;
    }
  }

  onReadable(): void {
    // A reader's callbacks may close the port.
    for (const reader of this.#readers) if (reader.wantsInput && !this.port.closed) reader.onReadable();
    this.updateWatch();
  }

  onClosed(): void {
    clearInterval(this.#waiting);
    this.#waiting = undefined;
    for (const listener of this.#closeListeners) listener();
    for (const reader of this.#readers) reader.onClosed();
  }
}

function waits(reader: PortReader): boolean {
  return reader.waits;
}

function wantsInput(reader: PortReader): boolean {
  return reader.wantsInput;
}
