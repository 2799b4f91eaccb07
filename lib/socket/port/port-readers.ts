import type { DatagramConsumer, DatagramPort } from './datagram-port.js';

/** One of the parts of a socket that read from its port. */
export interface PortReader extends DatagramConsumer {
  /** Whether it waits for datagrams. */
  readonly wantsInput: boolean;
}

/** Shares a port among readers: the port is watched while one of them waits for datagrams. */
export class PortReaders implements DatagramConsumer {
  readonly port: DatagramPort;
  readonly #readers: PortReader[] = [];
  readonly #closeListeners = new Set<() => void>();

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
  }

  onReadable(): void {
    for (const reader of this.#readers) if (reader.wantsInput) reader.onReadable();
    this.updateWatch();
  }

  onClosed(): void {
    for (const listener of this.#closeListeners) listener();
    for (const reader of this.#readers) reader.onClosed();
  }
}

function wantsInput(reader: PortReader): boolean {
  return reader.wantsInput;
}
