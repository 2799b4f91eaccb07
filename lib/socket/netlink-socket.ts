import { closed, invalidArgument, NetlinkError } from '../errors.js';
import { align4 } from '../wire/byte-order.js';
import { NLM_F_REQUEST, NLMSG_HDRLEN, NLMSG_MIN_TYPE } from '../wire/constants.js';
import type { DatagramConsumer, DatagramSocket } from './datagram-socket.js';
import { type Deferred, nextTurn, spendTurn } from './loop-turn.js';
import { type Message, writeHeader } from './message.js';
import { checkRange, U16_MAX, U32_MAX } from './ranges.js';
import { ReceiveQueue } from './receive-queue.js';

/** A message to send. What is left out gets the value that a request to the kernel needs. */
export interface OutgoingMessage {
  /** What follows the header. Default: nothing. */
  readonly payload?: Uint8Array;
  /** nlmsg_type, 0 to 65535. Default: 16 (NLMSG_MIN_TYPE). */
  readonly type?: number;
  /** nlmsg_flags, 0 to 65535. Default: NLM_F_REQUEST. */
  readonly flags?: number;
  /** nlmsg_seq, 32 bits. Default: the socket's next number. */
  readonly sequence?: number;
  /** nlmsg_pid, 32 bits. Default: the socket's own port id. */
  readonly portId?: number;
  /** Where to. Default: the connected peer, which without connect is the kernel. */
  readonly to?: Destination;
}

/** A port id, a multicast group (1 to 32), or both. */
export interface Destination {
  /** Default: 0, the kernel. */
  readonly portId?: number;
  /** Sending to a group needs CAP_NET_ADMIN in most protocols. */
  readonly group?: number;
}

export interface ReceiveOptions {
  /** Ends the wait: the promise is rejected with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** The longest wait that poll(2) takes, in milliseconds. */
const LONGEST_WAIT = 2 ** 31 - 1;

/** A bound netlink socket, made by {@link openSocket}. */
export class NetlinkSocket implements DatagramConsumer, Deferred, Disposable, AsyncDisposable {
  readonly #datagrams: DatagramSocket;
  readonly #queue = new ReceiveQueue();
  readonly #header = new Int32Array(NLMSG_HDRLEN / 4);
  #sequence = 0;

  /** @internal */
  constructor(open: (consumer: DatagramConsumer) => DatagramSocket) {
    this.#datagrams = open(this);
  }

  /** The port id that the socket is bound to: its address for the kernel and for other processes. */
  get portId(): number {
    return this.#datagrams.portId;
  }

  get closed(): boolean {
    return this.#datagrams.closed;
  }

  /**
   * Sends one message in a datagram of its own, at once, and returns its sequence number. The kernel has handled it when
   * this returns.
   *
   * Throws ERR_NETLINK_CLOSED, ERR_NETLINK_INVALID_ARGUMENT, and what sendmsg(2) says: ECONNREFUSED when nobody is bound
   * to the destination, EAGAIN when its queue is full, EMSGSIZE, EPERM.
   */
  send(message: OutgoingMessage = {}): number {
    const sequence = message.sequence ?? this.#nextSequence();
    const { buffer, length } = this.#encode(message, sequence);
    if (message.to === undefined) {
      this.#datagrams.send(buffer, 0, length);
    } else {
      const { portId, groupMask } = checkDestination(message.to);
      this.#datagrams.sendTo(buffer, 0, length, portId, groupMask);
    }
    return sequence;
  }

  /**
   * The next message. Messages that came in one datagram are given one at a time.
   *
   * Rejected with the signal's reason; ERR_NETLINK_CLOSED; ERR_NETLINK_OVERRUN once for each time that the kernel dropped
   * messages, ERR_NETLINK_TRUNCATED and ERR_NETLINK_MALFORMED for a datagram that is none: the socket goes on after these.
   */
  async receive(options: ReceiveOptions = {}): Promise<Message> {
    const { signal } = options;
    if (this.#datagrams.closed) throw closed();
    signal?.throwIfAborted();
    if (this.#queue.waiting) return this.#wait(signal);
    if (spendTurn()) return this.#next() ?? this.#wait(signal);
    nextTurn(this);
    return this.#wait(signal);
  }

  /**
   * As {@link receive}, but blocks the whole thread until a message is there. For scripts and for peers that answer at once.
   * Throws what receive rejects with, and ERR_NETLINK_TIMEOUT.
   *
   * @param options.timeout milliseconds, 0 to 2147483647: 0 only looks. Default: as long as it takes.
   */
  receiveSync(options: { readonly timeout?: number } = {}): Message {
    const { timeout } = options;
    if (timeout !== undefined && !(timeout >= 0 && timeout <= LONGEST_WAIT)) {
      throw invalidArgument(
        `receiveSync: timeout is ${timeout}; it must be 0 to ${LONGEST_WAIT} milliseconds`,
      );
    }
    if (this.#queue.waiting) {
      throw invalidArgument('receiveSync: a receive() is waiting on this socket and comes first');
    }
    const deadline = timeout === undefined ? undefined : performance.now() + timeout;
    for (;;) {
      const message = this.#next();
      if (message !== undefined) return message;
      const left = deadline === undefined ? -1 : Math.max(0, Math.ceil(deadline - performance.now()));
      if (!this.#datagrams.wait(left)) throw timedOut(timeout ?? 0);
    }
  }

  /** Messages as they come, until the caller leaves the loop. Ends by throwing what {@link receive} rejects with. */
  async *messages(options: ReceiveOptions = {}): AsyncGenerator<Message, never, void> {
    for (;;) yield await this.receive(options);
  }

  [Symbol.asyncIterator](): AsyncGenerator<Message, never, void> {
    return this.messages();
  }

  /** Waiting on this socket keeps the process alive again. */
  ref(): this {
    this.#datagrams.setKeepAlive(true);
    return this;
  }

  /** Waiting on this socket no longer keeps the process alive. */
  unref(): this {
    this.#datagrams.setKeepAlive(false);
    return this;
  }

  /** Closes the socket at once; every pending receive is rejected with ERR_NETLINK_CLOSED. Again is harmless. */
  close(): void {
    this.#datagrams.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }

  /** @internal */
  onReadable(): void {
    this.#serve();
  }

  /** @internal */
  onTurn(): void {
    this.#serve();
  }

  /** @internal */
  onClosed(): void {
    this.#queue.close();
  }

  /** The next message if there is one now. */
  #next(): Message | undefined {
    const message = this.#queue.shift();
    if (message !== undefined) return message;
    this.#datagrams.receive(1, this.#queue.takeBatch);
    return this.#queue.shift();
  }

  #wait(signal: AbortSignal | undefined): Promise<Message> {
    this.#datagrams.watch();
    return this.#queue.wait(signal, () => this.#datagrams.unwatch());
  }

  /** Gives waiters what is queued here and in the kernel. */
  #serve(): void {
    if (this.#datagrams.closed) return;
    try {
      this.#queue.serve();
      const { hunger } = this.#queue;
      if (hunger > 0) this.#datagrams.receive(hunger, this.#queue.takeBatch);
    } catch (error) {
      this.#queue.fail(error as Error);
    }
    this.#queue.serve();
    if (!this.#queue.waiting) this.#datagrams.unwatch();
  }

  #nextSequence(): number {
    this.#sequence = (this.#sequence + 1) >>> 0;
    return this.#sequence;
  }

  #encode(message: OutgoingMessage, sequence: number): { buffer: ArrayBuffer; length: number } {
    const { payload, type = NLMSG_MIN_TYPE, flags = NLM_F_REQUEST, portId = this.portId } = message;
    checkRange('send: type', type, U16_MAX);
    checkRange('send: flags', flags, U16_MAX);
    checkRange('send: sequence', sequence, U32_MAX);
    checkRange('send: portId', portId, U32_MAX);
    const length = NLMSG_HDRLEN + (payload?.byteLength ?? 0);
    writeHeader(this.#header, length, { type, flags, sequence, portId });
    const bytes = outgoing(align4(length));
    bytes.set(new Uint8Array(this.#header.buffer));
    if (payload !== undefined) bytes.set(payload, NLMSG_HDRLEN);
    return { buffer: bytes.buffer, length };
  }
}

// One for all sockets of this thread: it is in use only while a send lasts.
let scratch = new Uint8Array(64 * 1024);

function outgoing(length: number): Uint8Array<ArrayBuffer> {
  if (length > scratch.length) scratch = new Uint8Array(length);
  return scratch;
}

function checkDestination({ portId = 0, group = 0 }: Destination): {
  portId: number;
  groupMask: number;
} {
  checkRange('send: to.portId', portId, U32_MAX);
  checkRange('send: to.group', group, 32);
  return { portId, groupMask: group === 0 ? 0 : (1 << (group - 1)) >>> 0 };
}

function timedOut(milliseconds: number): NetlinkError {
  return new NetlinkError(`no message came within ${milliseconds} ms`, {
    code: 'ERR_NETLINK_TIMEOUT',
  });
}
