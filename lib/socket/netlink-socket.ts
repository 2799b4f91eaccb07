import { atAwait, closed, invalidArgument, NetlinkError, rejectAtAwait } from '../errors.js';
import { type DatagramBatch, SLOT_COUNT } from '../native/receive-ring.js';
import { WireWriter } from '../wire/writer.js';
import { BoundSocket } from './bound-socket.js';
import type { DatagramConsumer, DatagramPort, TakeBatch } from './port/datagram-port.js';
import { checkDestination, type Destination } from './port/destination.js';
import { type Deferred, nextTurn, spendTurn } from './turn-budget.js';
import type { Message } from './messages/message.js';
import { type OutgoingMessage, writeHeader, writeMessage } from './messages/outgoing-message.js';
import { checkMemory, isOwn, LARGE } from './messages/payload-memory.js';
import { ReceiveQueue } from './messages/receive-queue.js';

export interface ReceiveOptions {
  /** Ends the wait: the promise is rejected with the signal's reason. */
  readonly signal?: AbortSignal;
  /**
   * Memory for the message's payload, to be used again and again: large messages need not each have new memory. The payload
   * is a view of its beginning. The next receive with the same memory overwrites it, and what lies behind it, whatever
   * comes: do not begin that before you are done with this message. A payload that is longer than the memory comes whole,
   * in memory of its own.
   */
  readonly into?: Uint8Array;
}

/** What {@link NetlinkSocket.receiveSync} takes. */
export interface ReceiveSyncOptions extends Pick<ReceiveOptions, 'into'> {
  /** Milliseconds, 0 to 2147483647: 0 only looks. Default: as long as it takes. */
  readonly timeout?: number;
}

/** The longest wait that poll(2) takes, in milliseconds. */
const LONGEST_WAIT = 2 ** 31 - 1;

/** A bound netlink socket, made by {@link openSocket}. */
export class NetlinkSocket extends BoundSocket implements DatagramConsumer, Deferred {
  protected readonly datagrams: DatagramPort;
  /** @internal */
  protected readonly queue = new ReceiveQueue();
  #listener: ((batch: DatagramBatch) => void) | undefined;
  #sequence = 0;

  /** @internal */
  constructor(protocol: number, open: (consumer: DatagramConsumer) => DatagramPort) {
    super(protocol);
    this.datagrams = open(this);
  }

  /**
   * Sends one message in a datagram of its own, at once, and returns its sequence number. The kernel has handled it when
   * this returns.
   *
   * Throws ERR_NETLINK_CLOSED, ERR_NETLINK_INVALID_ARGUMENT, and what sendmsg(2) says: ECONNREFUSED when nobody is bound
   * to the destination, EAGAIN when its queue is full, EMSGSIZE, EPERM.
   */
  send(message: OutgoingMessage = {}): number {
    const { payload, sequence = this.nextSequence(), to } = message;
    writer.reset();
    if (payload !== undefined && payload.length >= LARGE && isOwn(payload)) {
      writeHeader(writer, message, sequence, this.portId);
      const address = to === undefined ? undefined : checkDestination('send', to);
      this.datagrams.sendMessage(writer.memory, payload, address);
    } else {
      this.#sendWritten(writeMessage(writer, message, sequence, this.portId), to);
    }
    return sequence;
  }

  /**
   * As {@link send}; the promise is resolved when the kernel has handled the message. On a socket opened with `offload` the
   * event loop goes on meanwhile; on another it is the same as send.
   *
   * An abort rejects at once; what was submitted is sent all the same. Closing rejects with ERR_NETLINK_CLOSED.
   */
  async sendAsync(
    message: OutgoingMessage = {},
    options: Pick<ReceiveOptions, 'signal'> = {},
  ): Promise<number> {
    const { signal } = options;
    signal?.throwIfAborted();
    const { offload } = this.datagrams;
    if (offload === undefined) return this.send(message);
    if (this.closed) throw closed();
    const { sequence = this.nextSequence() } = message;
    writer.reset();
    const length = writeMessage(writer, message, sequence, this.portId);
    const to = message.to === undefined ? undefined : checkDestination('send', message.to);
    return new Promise((resolve, reject) => {
      const onAbort = () => reject(signal?.reason as Error);
      signal?.addEventListener('abort', onAbort, { once: true });
      offload.submit(writer.memory, 0, length, to, (error) => {
        signal?.removeEventListener('abort', onAbort);
        if (error === undefined) resolve(sequence);
        else rejectAtAwait(resolve, error);
      });
    });
  }

  /**
   * Sends several messages in one datagram, in order, and returns their sequence numbers. All go to `to`; their own `to` is
   * not looked at. The kernel handles them one after the other, each as if it had come alone. Throws what {@link send} does.
   */
  sendMany(messages: readonly OutgoingMessage[], to?: Destination): number[] {
    writer.reset();
    const sequences = messages.map((message) => {
      const { sequence = this.nextSequence() } = message;
      writeMessage(writer, message, sequence, this.portId);
      return sequence;
    });
    this.#sendWritten(writer.length, to);
    return sequences;
  }

  /** Sends bytes as they are, as one datagram, whether they are messages or not. Throws what {@link send} does. */
  sendDatagram(bytes: Uint8Array, to?: Destination): void {
    writer.reset();
    writer.append(bytes);
    this.#sendWritten(bytes.length, to);
  }

  /**
   * The next message. Messages that came in one datagram are given one at a time.
   *
   * Rejected with the signal's reason; ERR_NETLINK_CLOSED; ERR_NETLINK_OVERRUN once for each time that the kernel dropped
   * messages, ERR_NETLINK_TRUNCATED and ERR_NETLINK_MALFORMED for a datagram that is none, and an
   * errno's name for a failure to receive: the socket goes on after these. ERR_NETLINK_INVALID_ARGUMENT, before anything
   * is received, for memory to receive into that is empty or was transferred away.
   */
  async receive(options: ReceiveOptions = {}): Promise<Message> {
    const { signal, into } = options;
    if (this.datagrams.closed) throw closed();
    if (into !== undefined) checkMemory('receive', into);
    this.refuseBesideListener('receive');
    signal?.throwIfAborted();
    if (!this.queue.waiting) {
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

  /**
   * As {@link receive}, but blocks the whole thread until a message is there. For scripts and for peers that answer at once.
   * Throws what receive rejects with, and ERR_NETLINK_TIMEOUT.
   */
  receiveSync(options: ReceiveSyncOptions = {}): Message {
    const { timeout, into } = options;
    if (timeout !== undefined && !(timeout >= 0 && timeout <= LONGEST_WAIT)) {
      throw invalidArgument(
        `receiveSync: timeout is ${timeout}; it must be 0 to ${LONGEST_WAIT} milliseconds`,
      );
    }
    if (into !== undefined) checkMemory('receiveSync', into);
    this.refuseBesideListener('receiveSync');
    if (this.queue.waiting) {
      throw invalidArgument('receiveSync: a receive() is waiting on this socket and comes first');
    }
    const deadline = timeout === undefined ? undefined : performance.now() + timeout;
    for (;;) {
      const message = this.queue.shift(into);
      if (message !== undefined) return message;
      const left = deadline === undefined ? -1 : Math.max(0, Math.ceil(deadline - performance.now()));
      if (!this.#receiveOne(into, left)) throw timedOut(timeout ?? 0);
    }
  }

  /**
   * Calls `listener` with each batch of datagrams that comes, up to 64 at a time, and keeps the process alive meanwhile. The
   * fastest way to receive: nothing is copied, and the batch's memory is overwritten when the listener returns. An overrun
   * may come alone, as a batch of no datagrams. What the listener throws is an uncaught exception, and the next batch comes
   * all the same. Returns a function that ends it; datagrams then stay in the kernel.
   *
   * Throws ERR_NETLINK_INVALID_ARGUMENT while there is another listener, or while a receive waits.
   */
  onDatagrams(listener: (batch: DatagramBatch) => void): () => void {
    if (this.#listener !== undefined || this.queue.waiting) {
      throw invalidArgument('onDatagrams: another listener, or a receive, waits on this socket');
    }
    this.datagrams.captureContext();
    this.datagrams.watch();
    this.#listener = listener;
    return () => {
      if (this.#listener !== listener) return;
      this.#listener = undefined;
      this.updateWatch();
    };
  }

  /** Messages as they come, until the caller leaves the loop. Ends by throwing what {@link receive} rejects with. */
  async *messages(options: ReceiveOptions = {}): AsyncGenerator<Message, never, void> {
    for (;;) yield await this.receive(options);
  }

  [Symbol.asyncIterator](): AsyncGenerator<Message, never, void> {
    return this.messages();
  }

  /** @internal */
  onReadable(): void {
    if (this.#listener === undefined) this.#serve();
    else this.datagrams.receive(SLOT_COUNT, this.#listener);
  }

  /** @internal */
  onTurn(): void {
    this.#serve();
  }

  /** @internal */
  onClosed(): void {
    this.#listener = undefined;
    this.queue.close();
  }

  /** The next message if there is one now. */
  #next(into: Uint8Array | undefined): Message | undefined {
    const message = this.queue.shift(into);
    if (message !== undefined) return message;
    this.#receiveOne(into, 0);
    return this.queue.shift(into);
  }

  /** Receives a datagram into the queue; the payload of its first message into the memory that was brought for it. */
  #receiveOne(into: Uint8Array | undefined, milliseconds: number): boolean {
    return into === undefined
      ? this.datagrams.receiveOne(this.take, milliseconds, true)
      : this.#receiveInto(into, milliseconds);
  }

  #receiveInto(memory: Uint8Array, milliseconds: number): boolean {
    this.queue.memory = memory;
    try {
      // Where requests are made too, what comes may be theirs.
      return this.take === this.queue.takeBatch
        ? this.datagrams.receiveInto(memory, this.take, milliseconds)
        : this.datagrams.receiveOne(this.take, milliseconds, false);
    } finally {
      this.queue.memory = undefined;
    }
  }

  /** @internal */
  protected refuseBesideListener(call: string): void {
    if (this.#listener === undefined) return;
    throw invalidArgument(`${call}: the listener of onDatagrams takes all datagrams of this socket`);
  }

  #wait(signal: AbortSignal | undefined, into: Uint8Array | undefined): Promise<Message> {
    this.datagrams.watch();
    return this.queue.wait(signal, into, () => this.updateWatch());
  }

  /** Gives waiters what is queued here and in the kernel. */
  #serve(): void {
    if (this.datagrams.closed) return;
    try {
      this.queue.serve();
      const { hunger } = this.queue;
      if (hunger === 1) this.#receiveOne(this.queue.firstMemory, 0);
      else if (hunger > 1) this.datagrams.receive(hunger, this.take);
    } catch (error) {
      this.queue.fail(error as Error);
    }
    this.queue.serve();
    this.updateWatch();
  }

  /** @internal Where received datagrams go. */
  protected get take(): TakeBatch {
    return this.queue.takeBatch;
  }

  /** @internal Whether somebody waits for datagrams. */
  protected get wantsInput(): boolean {
    return this.queue.waiting || this.#listener !== undefined;
  }

  /** @internal Watches the socket while somebody waits. */
  protected updateWatch(): void {
    if (this.datagrams.closed) return;
    if (this.wantsInput) this.datagrams.watch();
    else this.datagrams.unwatch();
  }

  /** @internal */
  protected nextSequence(): number {
    this.#sequence = (this.#sequence + 1) >>> 0;
    return this.#sequence;
  }

  #sendWritten(length: number, to: Destination | undefined): void {
    if (to === undefined) {
      this.datagrams.send(writer.memory, 0, length);
      return;
    }
    const { portId, groupMask } = checkDestination('send', to);
    this.datagrams.sendTo(writer.memory, 0, length, portId, groupMask);
  }
}

// One for all sockets of this thread: it is in use only while a send lasts.
const writer = new WireWriter(64 * 1024);

function timedOut(milliseconds: number): NetlinkError {
  return new NetlinkError(`no message came within ${milliseconds} ms`, {
    code: 'ERR_NETLINK_TIMEOUT',
  });
}
