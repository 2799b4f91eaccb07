import { atAwait, closed, NetlinkError, systemError } from '../../errors.js';
import type { DatagramBatch } from '../../native/receive-ring.js';
import { NLMSG_HDRLEN } from '../../wire/constants.js';
import { copyMessage } from '../../wire/messages.js';
import type { WireView } from '../../wire/view.js';
import { onAbort } from '../abort.js';
import { type CopyPayload, type Message, senderOf, takeMessages } from './message.js';
import { moveTo, placeIn } from './receive-memory.js';

/** How many messages that answer no request wait for a receive. */
const UNCLAIMED_LIMIT = 4096;

interface PendingReceive {
  readonly resolve: (message: Message) => void;
  readonly reject: (reason: unknown) => void;
  readonly into: Uint8Array | undefined;
  /** Stops waiting for the signal. */
  readonly release: () => void;
}

/** Messages that were received and nobody has asked for yet, or the other way round. In order. */
export class ReceiveQueue {
  /** Where the next message's payload goes, while somebody receives who brought memory for it. */
  memory: Uint8Array | undefined;
  readonly #items: (Message | NetlinkError)[] = [];
  readonly #pending: PendingReceive[] = [];

  readonly #keep = (message: Message): void => {
    this.#items.push(message);
  };

  readonly #copy: CopyPayload = (batch, index, start, end) => {
    const { memory } = this;
    // Only what is given next goes there: the rest would be overwritten before its turn.
    if (memory === undefined || this.#items.length > 0) return batch.keep(index, start, end);
    if (batch.placed) return new Uint8Array(memory.buffer, memory.byteOffset, end - start);
    return placeIn(memory, batch.bytes(index).subarray(start, end)) ?? batch.keep(index, start, end);
  };

  get hasItems(): boolean {
    return this.#items.length > 0;
  }

  get waiting(): boolean {
    return this.#pending.length > 0;
  }

  /** The memory that the first waiting receive has for its payload. */
  get firstMemory(): Uint8Array | undefined {
    return this.#pending[0]?.into;
  }

  /** How many more items waiters could take. */
  get missing(): number {
    return this.#pending.length - this.#items.length;
  }

  /** Takes the messages of a batch in, and what went wrong with it. */
  readonly takeBatch = (batch: DatagramBatch): void => {
    for (let index = 0; index < batch.count; index++) {
      if (batch.truncated(index)) {
        this.#items.push(truncated(batch.trueLength(index)));
        continue;
      }
      try {
        takeMessages(batch, index, this.#copy, this.#keep);
      } catch (error) {
        if (!(error instanceof NetlinkError)) throw error;
        this.#items.push(error);
      }
    }
    if (batch.overruns > 0) this.takeOverruns(batch.overruns);
    if (batch.error > 0) this.#items.push(systemError('recvmsg', batch.error));
  };

  /** Takes word of overruns in. */
  takeOverruns(count: number): void {
    for (let taken = 0; taken < count && this.#items.length <= UNCLAIMED_LIMIT; taken++)
      this.#items.push(overrun());
  }

  /** Takes a message that answers no request. Nobody may ever ask for it, so there is a limit, and then an error in its place. */
  takeUnclaimed(view: WireView, at: number, end: number, batch: DatagramBatch, index: number): void {
    if (this.#items.length > UNCLAIMED_LIMIT) return;
    if (this.#items.length === UNCLAIMED_LIMIT) {
      this.#items.push(overrun());
      return;
    }
    const payload = this.#copy(batch, index, at + NLMSG_HDRLEN, end);
    this.#items.push({ ...copyMessage(view, at, end - at, payload), sender: senderOf(batch, index) });
  }

  /** The oldest item, or undefined; its payload in `into`, if it fits there. Throws it if it is an error. */
  shift(into: Uint8Array | undefined): Message | undefined {
    const item = this.#items.shift();
    // Made when it came: its stack is to begin where it is received.
    if (item instanceof NetlinkError) throw atAwait(item) as Error;
    return item === undefined ? undefined : moveTo(into, item);
  }

  /** A promise of the next item, as {@link shift} gives it. `onIdle` is called when an abort leaves nobody waiting. */
  wait(signal: AbortSignal | undefined, into: Uint8Array | undefined, onIdle: () => void): Promise<Message> {
    return new Promise((resolve, reject) => {
      const release = onAbort(signal, () => {
        release();
        this.#pending.splice(this.#pending.indexOf(pending), 1);
        if (!this.waiting) onIdle();
        reject(signal?.reason as Error);
      });
      const pending: PendingReceive = { resolve, reject, into, release };
      this.#pending.push(pending);
    });
  }

  /** Gives waiters what is there. */
  serve(): void {
    while (this.#items.length > 0) {
      const pending = this.#pending.shift();
      if (pending === undefined) return;
      pending.release();
      const item = this.#items.shift();
      if (item instanceof NetlinkError) pending.reject(item);
      else if (item !== undefined) pending.resolve(moveTo(pending.into, item));
    }
  }

  /** Rejects everyone who waits. */
  fail(error: Error): void {
    for (const pending of this.#pending.splice(0)) {
      pending.release();
      pending.reject(error);
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
