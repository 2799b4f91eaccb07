import { closed, systemError } from '../errors.js';
import { native } from '../native/addon.js';
import { type DatagramBatch, type ReceiveRing, withRing } from '../native/receive-ring.js';

/** What a socket tells the one who uses it. */
export interface DatagramConsumer {
  /** Something can be received, and {@link DatagramSocket.watch} asked to be told. Called from the event loop. */
  onReadable(): void;
  /** The socket was closed: whatever waits on it must be settled. Called once. */
  onClosed(): void;
}

/** The sockets that somebody waits on, by handle. Only these are kept from the garbage collector. */
const watched = new Map<number, DatagramSocket>();

const forgotten = new FinalizationRegistry<number>((handle) => {
  native().close(handle);
});

let listening = false;

function listen(): void {
  if (listening) return;
  listening = true;
  native().onReadable((handle) => {
    const socket = watched.get(handle);
    // Nobody waits any more: the datagrams stay in the kernel until somebody asks.
    if (socket === undefined) native().stopWatching(handle);
    else socket.consumer.onReadable();
  });
}

/**
 * One bound socket, as datagrams: what the message queue and the transaction engine are built on. It never waits by
 * itself. Its user receives when it wants to, and says with {@link watch} when it has to be told that it can.
 */
export class DatagramSocket {
  /** The port id that the socket is bound to. */
  readonly portId: number;
  consumer: DatagramConsumer;
  /** Datagrams dropped so far because another port than the kernel's sent them. */
  foreignDatagrams = 0;
  /** How often so far the kernel reported that it had dropped messages for want of space in the receive buffer. */
  overruns = 0;
  #handle: number;
  #closed = false;
  #watching = false;
  #keepAlive = true;

  constructor(handle: number, portId: number, consumer: DatagramConsumer) {
    this.#handle = handle;
    this.portId = portId;
    this.consumer = consumer;
    forgotten.register(this, handle, this);
    listen();
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** The handle for the calls of lib/native. Throws ERR_NETLINK_CLOSED. */
  get handle(): number {
    if (this.#closed) throw closed();
    return this.#handle;
  }

  /** Sends `length` bytes of `buffer` to the connected peer; without connect, that is the kernel. */
  send(buffer: ArrayBuffer, offset: number, length: number): void {
    const sent = native().send(this.handle, buffer, offset, length);
    if (sent < 0) throw sendError(-sent);
  }

  /** Sends to a port and to the groups of a mask. */
  sendTo(buffer: ArrayBuffer, offset: number, length: number, portId: number, groupMask: number): void {
    const sent = native().sendTo(this.handle, buffer, offset, length, portId, groupMask);
    if (sent < 0) throw sendError(-sent);
  }

  /**
   * Receives what is queued, `wanted` datagrams at most (64 at most in any case), without waiting, and gives them to
   * `take`, which must copy what it keeps. Returns their number. `take` is called for an overrun alone, too.
   */
  receive(wanted: number, take: (batch: DatagramBatch) => void): number {
    const { handle } = this;
    return withRing((ring) => {
      const count = native().receive(handle, ring.buffer, wanted);
      if (count < 0) throw systemError('recvmsg', -count);
      return this.#received(ring, count, take);
    });
  }

  /**
   * Sends, then receives as {@link receive} does, in one native call. What the kernel answers at once, it has queued
   * before its part of the send ends; say with `wanted` how many datagrams that is, since looking for more costs time.
   */
  exchange(
    buffer: ArrayBuffer,
    offset: number,
    length: number,
    wanted: number,
    take: (batch: DatagramBatch) => void,
  ): number {
    const { handle } = this;
    return withRing((ring) => {
      const count = native().exchange(handle, buffer, offset, length, ring.buffer, wanted);
      if (count < 0) throw sendError(-count);
      return this.#received(ring, count, take);
    });
  }

  #received(ring: ReceiveRing, count: number, take: (batch: DatagramBatch) => void): number {
    ring.filled(count);
    this.foreignDatagrams += ring.foreign;
    this.overruns += ring.overruns;
    if (count > 0 || ring.overruns > 0) take(ring);
    else if (ring.error !== 0) throw systemError('recvmsg', ring.error);
    return count;
  }

  /** Blocks this thread until something can be received. Returns false when `milliseconds` are over; -1 is for ever. */
  wait(milliseconds: number): boolean {
    const result = native().wait(this.handle, milliseconds);
    if (result < 0) throw systemError('poll', -result);
    return result > 0;
  }

  /** Asks for {@link DatagramConsumer.onReadable}, and keeps the process alive meanwhile, unless {@link unref} was called. */
  watch(): void {
    if (this.#watching) return;
    const result = native().watch(this.handle, this.#keepAlive);
    if (result < 0) throw systemError('uv_poll_start', -result);
    this.#watching = true;
    watched.set(this.#handle, this);
  }

  /** Nobody waits any more. */
  unwatch(): void {
    if (!this.#watching) return;
    this.#watching = false;
    watched.delete(this.#handle);
    native().watch(this.#handle, false);
  }

  /** Whether waiting keeps the process alive; it does at first. */
  setKeepAlive(keepAlive: boolean): void {
    this.#keepAlive = keepAlive;
    if (this.#watching) native().watch(this.#handle, keepAlive);
  }

  /** Closes the descriptor and tells the consumer; a second time does nothing. */
  close(): void {
    if (this.#closed) return;
    native().close(this.#forget());
    this.consumer.onClosed();
  }

  /** As {@link close}, but hands the descriptor out. */
  release(): number {
    const { handle } = this;
    this.#forget();
    const descriptor = native().release(handle);
    this.consumer.onClosed();
    return descriptor;
  }

  #forget(): number {
    this.#closed = true;
    this.#watching = false;
    watched.delete(this.#handle);
    forgotten.unregister(this);
    return this.#handle;
  }
}

const sendHints: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody is bound to that port id',
  EAGAIN: "the receiver's queue is full; send again when it has read",
  EMSGSIZE: 'the message is larger than the send buffer (SO_SNDBUF) allows',
  EPERM: 'sending to other processes or to groups of this protocol needs CAP_NET_ADMIN',
};

function sendError(errno: number): Error {
  const error = systemError('sendmsg', errno);
  const hint = sendHints[error.code];
  return hint === undefined ? error : systemError('sendmsg', errno, hint);
}
