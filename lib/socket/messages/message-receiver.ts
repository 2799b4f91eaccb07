import { atAwait, closed, invalidArgument, NetlinkError } from '../../errors.js';
import { type DatagramBatch, SLOT_COUNT } from '../../native/receive-ring.js';
import type { Bytes } from '../../wire/bytes.js';
import type { WireView } from '../../wire/view.js';
import type { TakeBatch } from '../port/datagram-port.js';
import type { PortReader, PortReaders } from '../port/port-readers.js';
import { checkSignal } from '../abort.js';
import { nextTurn, spendTurn, type TurnListener } from '../turn-budget.js';
import type { Message } from './message.js';
import { checkMemory } from './receive-memory.js';
import { ReceiveQueue } from './receive-queue.js';

/** Options of `receive`. */
export interface ReceiveOptions {
  /** Ends the wait: the promise is rejected with the signal's reason. */
  readonly signal?: AbortSignal;
  /**
   * Memory for the message's payload, to be reused: large messages then need no new memory each. The payload is a view of its
   * start. The next receive with the same memory overwrites all of it, whatever comes: finish with this message first. A
   * payload that is longer than the memory is not cut: it comes in memory of its own.
   */
  readonly into?: Bytes;
}

/** Options of `receiveSync`. */
export interface ReceiveSyncOptions extends Pick<ReceiveOptions, 'into'> {
  /** Milliseconds to wait, 0 to 2147483647; 0 returns at once. Default: forever. */
  readonly timeout?: number;
}

/** The longest wait that poll(2) accepts, in milliseconds. */
const LONGEST_WAIT = 2 ** 31 - 1;

/** Receives single messages from a port: for promises, for blocking calls, or batch by batch for a listener. */
export class MessageReceiver implements PortReader, TurnListener {
  readonly #readers: PortReaders;
  readonly #queue = new ReceiveQueue();
  /** Where received datagrams go: into the queue, or first past the requests of the same socket. */
  #take: TakeBatch = this.#queue.takeBatch;
  #listener: TakeBatch | undefined;

  constructor(readers: PortReaders) {
    this.#readers = readers;
  }

  get wantsInput(): boolean {
    return this.#queue.waiting || this.#listener !== undefined;
  }

  get waits(): boolean {
    return false;
  }

  /** From now on `take` sees the datagrams first; it passes on what answers no request: {@link takeUnclaimed}. */
  shareWith(take: TakeBatch): void {
    this.#take = take;
  }

  async receive({ signal, into: memory }: ReceiveOptions): Promise<Message> {
    checkSignal(signal);
    const into = memory === undefined ? undefined : checkMemory('receive', memory);
    if (this.#readers.port.closed) throw closed();
    this.refuseWithListener('receive');
    signal?.throwIfAborted();
    if (!this.#queue.waiting) {
      if (!spendTurn()) nextTurn(this);
      else {
        const message = this.#next(into);
        if (message !== undefined) return message;
      }
    }
    try {
      return await this.#wait(signal, into);
    } catch (error) {
      throw atAwait(error);
    }
  }

  receiveSync({ timeout, into: memory }: ReceiveSyncOptions): Message {
    if (timeout !== undefined && !isWait(timeout)) {
      throw invalidArgument(
        `receiveSync: timeout must be 0 to ${LONGEST_WAIT} milliseconds, got ${JSON.stringify(timeout)}`,
      );
    }
    const into = memory === undefined ? undefined : checkMemory('receiveSync', memory);
    this.refuseWithListener('receiveSync');
    this.#readers.port.checkBlocking('receiveSync');
    if (this.#queue.waiting) {
      throw invalidArgument('receiveSync: a receive() is waiting on this socket and comes first');
    }
    const deadline = timeout === undefined ? undefined : performance.now() + timeout;
    let looks = 0;
    for (let left = timeout === undefined ? -1 : Math.ceil(timeout); ;) {
      const message = this.#queue.shift(into);
      if (message !== undefined) return message;
      // What is received need not be a message: datagrams of other processes, which are dropped, must not renew the time.
      if (!this.#receiveOne(into, left)) throw timedOut(timeout ?? 0);
      if (deadline === undefined) continue;
      if (left === 0 && !this.#queue.hasItems && ++looks > SLOT_COUNT) throw timedOut(timeout ?? 0);
      left = Math.max(0, Math.ceil(deadline - performance.now()));
    }
  }

  onDatagrams(listener: (batch: DatagramBatch) => void): () => void {
    if (this.wantsInput) {
      throw invalidArgument('onDatagrams: another listener, or a receive, waits on this socket');
    }
    this.#readers.port.captureContext();
    this.#readers.port.watch();
    this.#listener = listener;
    return () => {
      if (this.#listener !== listener) return;
      this.#listener = undefined;
      this.#readers.updateWatch();
    };
  }

  refuseWithListener(call: string): void {
    if (this.#listener === undefined) return;
    throw invalidArgument(`${call}: the listener of onDatagrams takes all datagrams of this socket`);
  }

  /** Queues a message that answers no request. */
  takeUnclaimed(view: WireView, at: number, end: number, batch: DatagramBatch, index: number): void {
    this.#queue.takeUnclaimed(view, at, end, batch, index);
    this.#serveUnclaimed();
  }

  /** Queues reports of overruns, which may have dropped messages that answer no request. */
  takeOverruns(count: number): void {
    this.#queue.takeOverruns(count);
    this.#serveUnclaimed();
  }

  onReadable(): void {
    if (this.#listener === undefined) this.#serve();
    else this.#readers.port.receive(SLOT_COUNT, this.#listener);
  }

  onTurn(): void {
    this.#serve();
  }

  onClosed(): void {
    this.#listener = undefined;
    this.#queue.close();
  }

  /** The next message if one is there now. */
  #next(into: Uint8Array | undefined): Message | undefined {
    const message = this.#queue.shift(into);
    if (message !== undefined) return message;
    this.#receiveOne(into, 0);
    return this.#queue.shift(into);
  }

  /** Receives a datagram into the queue, and the payload of its first message into the caller's memory. */
  #receiveOne(into: Uint8Array | undefined, milliseconds: number): boolean {
    return into === undefined
      ? this.#readers.port.receiveOne(this.#take, milliseconds, true)
      : this.#receiveInto(into, milliseconds);
  }

  #receiveInto(memory: Uint8Array, milliseconds: number): boolean {
    const { port } = this.#readers;
    this.#queue.memory = memory;
    try {
      // A socket with requests may receive an answer, which must not go to the caller's memory.
      return this.#take === this.#queue.takeBatch
        ? port.receiveInto(memory, this.#take, milliseconds)
        : port.receiveOne(this.#take, milliseconds, false);
    } finally {
      this.#queue.memory = undefined;
    }
  }

  #wait(signal: AbortSignal | undefined, into: Uint8Array | undefined): Promise<Message> {
    this.#readers.port.watch();
    return this.#queue.wait(signal, into, () => this.#readers.updateWatch());
  }

  /** Settles pending receives with what is queued here and in the kernel. */
  #serve(): void {
    const { port } = this.#readers;
    if (port.closed) return;
    try {
      this.#queue.serve();
      const { missing } = this.#queue;
      if (missing === 1) this.#receiveOne(this.#queue.firstMemory, 0);
      else if (missing > 1) port.receive(missing, this.#take);
    } catch (error) {
      this.#queue.fail(error as Error);
    }
    this.#queue.serve();
    this.#readers.updateWatch();
  }

  #serveUnclaimed(): void {
    // The kernel's queue may be empty by now, so no event would wake the pending receive.
    this.#queue.serve();
    // Later, when the datagram at hand has settled the requests that it answers.
    queueMicrotask(() => this.#readers.updateWatch());
  }
}

function isWait(timeout: unknown): boolean {
  return typeof timeout === 'number' && timeout >= 0 && timeout <= LONGEST_WAIT;
}

function timedOut(milliseconds: number): NetlinkError {
  return new NetlinkError(`receiveSync: no message came within ${milliseconds} ms`, {
    code: 'ERR_NETLINK_TIMEOUT',
  });
}
