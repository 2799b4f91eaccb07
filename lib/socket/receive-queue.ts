import { closed, NetlinkError, systemError } from '../errors.js';
import type { DatagramBatch } from '../native/receive-ring.js';
import { type Message, takeMessages } from './message.js';

interface Waiter {
  readonly resolve: (message: Message) => void;
  readonly reject: (reason: unknown) => void;
  readonly signal: AbortSignal | undefined;
  readonly onAbort: () => void;
}

/** Messages that were received and nobody has asked for yet, or the other way round. In order. */
export class ReceiveQueue {
  readonly #items: (Message | NetlinkError)[] = [];
  readonly #waiters: Waiter[] = [];

  get waiting(): boolean {
    return this.#waiters.length > 0;
  }

  /** How many more items waiters could take. */
  get hunger(): number {
    return this.#waiters.length - this.#items.length;
  }

  /** Takes the messages of a batch in, and what went wrong with it. */
  readonly takeBatch = (batch: DatagramBatch): void => {
    if (batch.overruns > 0) this.#items.push(overrun());
    for (let index = 0; index < batch.count; index++) {
      if (batch.truncated(index)) {
        this.#items.push(truncated(batch.trueLength(index)));
        continue;
      }
      try {
        takeMessages(batch, index, (message) => this.#items.push(message));
      } catch (error) {
        if (!(error instanceof NetlinkError)) throw error;
        this.#items.push(error);
      }
    }
    if (batch.error > 0) this.#items.push(systemError('recvmsg', batch.error));
  };

  /** The oldest item, or undefined. Throws it if it is an error. */
  shift(): Message | undefined {
    const item = this.#items.shift();
    if (item instanceof NetlinkError) throw item;
    return item;
  }

  /** A promise of the next item. `onIdle` is called when an abort leaves nobody waiting. */
  wait(signal: AbortSignal | undefined, onIdle: () => void): Promise<Message> {
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
        if (!this.waiting) onIdle();
        reject(signal?.reason as Error);
      };
      const waiter = { resolve, reject, signal, onAbort };
      this.#waiters.push(waiter);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** Gives waiters what is there. */
  serve(): void {
    while (this.#items.length > 0) {
      const waiter = this.#waiters.shift();
      if (waiter === undefined) return;
      waiter.signal?.removeEventListener('abort', waiter.onAbort);
      const item = this.#items.shift();
      if (item instanceof NetlinkError) waiter.reject(item);
      else if (item !== undefined) waiter.resolve(item);
    }
  }

  /** Rejects everyone who waits. */
  fail(error: Error): void {
    for (const waiter of this.#waiters.splice(0)) {
      waiter.signal?.removeEventListener('abort', waiter.onAbort);
      waiter.reject(error);
    }
  }

  /** The socket was closed: what was received is dropped, who waits is rejected. */
  close(): void {
    this.#items.length = 0;
    this.fail(closed());
  }
}

function overrun(): NetlinkError {
  return new NetlinkError(
    'the receive buffer was full and the kernel dropped messages; the socket goes on, ' +
      'read faster or give it a larger buffer (receiveBufferSize)',
    { code: 'ERR_NETLINK_OVERRUN' },
  );
}

function truncated(length: number): NetlinkError {
  return new NetlinkError(
    `a datagram of ${length} bytes was longer than the receive ring; the next one of this length will fit`,
    { code: 'ERR_NETLINK_TRUNCATED' },
  );
}
