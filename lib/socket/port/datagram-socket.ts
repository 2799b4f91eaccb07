import { AsyncResource } from 'node:async_hooks';
import { closed, type NetlinkError, systemError } from '../../errors.js';
import { native } from '../../native/addon.js';
import { borrowRing, giveBackRing, LONGEST_ALONE, ReceiveRing } from '../../native/receive-ring.js';
import type { DatagramConsumer, DatagramPort, SocketAddress, TakeBatch } from './datagram-port.js';
import { forgetOptions, getOption, wantsAncillaryData } from './options.js';
import { COPY_LIMIT, isOwn, LARGE } from '../messages/payload-memory.js';

/**
 * A blocked thread comes back to JavaScript after so many milliseconds at the latest: the end of a worker, as by
 * worker.terminate(), takes effect only there.
 */
const LONGEST_BLOCK = 100;

/** The sockets that somebody waits on, by handle. Only these are kept from the garbage collector. */
const watched = new Map<number, DatagramSocket>();

/** What is left of a socket that nobody refers to any more. */
interface Forgotten {
  readonly handle: number;
  /** The call stack of its opening; only kept for debugging. */
  readonly openedAt: string | undefined;
}

const forgotten = new FinalizationRegistry<Forgotten>(({ handle, openedAt }) => {
  forgetOptions(handle);
  native().close(handle);
  if (openedAt === undefined) return;
  process.emitWarning(`a netlink socket was never closed; it was opened ${openedAt}`, 'NetlinkWarning');
});

let listening = false;

function listen(): void {
  if (listening) return;
  listening = true;
  native().onReadable((handle) => {
    const socket = watched.get(handle);
    // Nobody waits any more: the datagrams stay in the kernel until somebody asks.
    if (socket === undefined) native().stopWatching(handle);
    else socket.dispatch();
  });
}

/**
 * One bound socket, as datagrams: what the message queue and the transaction engine are built on. It never waits by
 * itself. Its user receives when it wants to, and says with {@link watch} when it has to be told that it can.
 */
export class DatagramSocket implements DatagramPort {
  /** The port id that the socket is bound to. */
  readonly portId: number;
  consumer: DatagramConsumer;
  /** Datagrams dropped so far because another port than the kernel's sent them. */
  foreignDatagrams = 0;
  /** How often so far the kernel has dropped messages for want of space in the receive buffer. */
  overruns = 0;
  /** Whether it drops all that comes, until nothing is queued any more. */
  congested = false;
  /** Whether a thread may have received more than was given. */
  pending = false;
  /** @internal Whether somebody waits, and whether that keeps the process alive. */
  protected watching = false;
  protected keepAlive = true;
  readonly #handle: number;
  #closed = false;
  #connectedToGroup = false;
  /** The length of the last datagram that was received alone, as it was sent. */
  #lastLength = 0;
  /** Where the consumer is called: the async context of whoever waits. */
  #context: AsyncResource | undefined;
  readonly #acceptForeign: boolean;

  /** Takes the handle over. `acceptForeign`: whether datagrams from ports other than the kernel's are wanted. */
  constructor(handle: number, acceptForeign: boolean, consumer: DatagramConsumer) {
    this.#handle = handle;
    this.#acceptForeign = acceptForeign;
    this.consumer = consumer;
    this.portId = this.localAddress().portId;
    this.applyOptions();
    forgotten.register(this, { handle, openedAt: openingStack() }, this);
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

  get receiveBufferSize(): number {
    return getOption(this.handle, 'receiveBufferSize');
  }

  /** Makes a change of the options for ancillary data known to native code. */
  applyOptions(): void {
    const { handle } = this;
    native().setReceivePolicy(handle, wantsAncillaryData(handle), this.#acceptForeign);
  }

  /** getsockname(2). */
  localAddress(): SocketAddress {
    return readAddress('getsockname', (target) => native().localAddress(this.handle, target));
  }

  /** getpeername(2): the kernel, unless {@link connect} chose another. */
  peerAddress(): SocketAddress {
    return readAddress('getpeername', (target) => native().peerAddress(this.handle, target));
  }

  /** connect(2): where {@link send} and {@link exchange} send to. */
  connect(portId: number, groupMask: number): void {
    const result = native().connect(this.handle, portId, groupMask);
    if (result < 0) throw systemError('connect', -result);
    this.#connectedToGroup = groupMask !== 0;
  }

  /** Sends `length` bytes of `buffer` to the connected peer; without connect, that is the kernel. */
  send(buffer: ArrayBuffer, offset: number, length: number): void {
    const sent = native().send(this.handle, buffer, offset, length);
    if (sent < 0) this.#checkSent(-sent, undefined);
  }

  /** Sends to a port and to the groups of a mask. */
  sendTo(buffer: ArrayBuffer, offset: number, length: number, portId: number, groupMask: number): void {
    const sent = native().sendTo(this.handle, buffer, offset, length, portId, groupMask);
    if (sent < 0) this.#checkSent(-sent, { portId, groupMask });
  }

  /**
   * Sends a message whose header is the first 16 bytes of `header`, and whose payload, which need not be copied, lies
   * elsewhere; to the connected peer without `to`.
   */
  sendMessage(header: ArrayBuffer, payload: Uint8Array<ArrayBuffer>, to: SocketAddress | undefined): void {
    const { buffer, byteOffset, byteLength } = payload;
    const sent =
      to === undefined
        ? native().sendParts(this.handle, header, buffer, byteOffset, byteLength)
        : native().sendParts(this.handle, header, buffer, byteOffset, byteLength, to.portId, to.groupMask);
    if (sent < 0) this.#checkSent(-sent, to);
  }

  /**
   * Receives what is queued, `wanted` datagrams at most (64 at most in any case), without waiting, and gives them to
   * `take`, which must copy what it keeps. Returns their number. `take` is called for an overrun or an error alone, too.
   */
  receive(wanted: number, take: TakeBatch): number {
    const { handle } = this;
    const ring = borrowRing();
    try {
      const count = native().receive(handle, ring.buffer, wanted);
      if (count < 0) throw systemError('recvmsg', -count);
      ring.filled(count);
      return this.received(ring, count, take);
    } finally {
      giveBackRing();
    }
  }

  /**
   * Receives one datagram as {@link receive} does, for which it blocks this thread up to so many milliseconds, -1 for
   * ever. Returns false when nothing came. With `keeps`, a very large one comes in memory that `take` may keep.
   */
  receiveOne(take: TakeBatch, milliseconds: number, keeps: boolean): boolean {
    // Large datagrams come in a row: the next is received into memory of its own, which whoever keeps it need not copy,
    // and which the longest need in any case.
    if (this.#lastLength >= (keeps ? COPY_LIMIT : LONGEST_ALONE) && !this.pending)
      return this.#receiveOne(new ReceiveRing(this.#lastLength, 1), take, milliseconds);
    const ring = borrowRing();
    try {
      return this.#receiveOne(ring, take, milliseconds);
    } finally {
      giveBackRing();
    }
  }

  /**
   * As {@link receiveOne}; the payload of a large message may be received into `memory`, without a copy: the batch says so.
   * Whatever comes, memory may be overwritten.
   */
  receiveInto(memory: Uint8Array, take: TakeBatch, milliseconds: number): boolean {
    const isLarge = this.#lastLength >= LARGE && this.#lastLength < LONGEST_ALONE;
    if (!isLarge || !isOwn(memory)) return this.receiveOne(take, milliseconds, false);
    const ring = borrowRing();
    try {
      return this.#receiveOne(ring, take, milliseconds, memory);
    } finally {
      giveBackRing();
    }
  }

  /**
   * Sends, then receives as {@link receive} does, in one native call. What the kernel answers at once, it has queued
   * before its part of the send ends; say with `wanted` how many datagrams that is, since looking for more costs time.
   */
  exchange(buffer: ArrayBuffer, offset: number, length: number, wanted: number, take: TakeBatch): number {
    const { handle } = this;
    const ring = borrowRing();
    try {
      const count = native().exchange(handle, buffer, offset, length, ring.buffer, wanted);
      if (count < 0) throw sendError(-count);
      ring.filled(count);
      return this.received(ring, count, take);
    } finally {
      giveBackRing();
    }
  }

  /** @internal Counts what a ring holds, and gives it on. */
  protected received(ring: ReceiveRing, count: number, take: TakeBatch): number {
    this.foreignDatagrams += ring.foreign;
    this.pending = ring.pending;
    if (this.congested || ring.overruns > 0) this.#placeOverruns(ring);
    this.overruns += ring.overruns;
    if (count > 0 || ring.overruns > 0 || ring.error > 0) take(ring);
    return count;
  }

  /**
   * Moves word of an overrun to where the loss is. The kernel gives it first, but what it dropped would have stood behind
   * all that was queued; and it goes on dropping, without another word, until the queue is empty.
   */
  #placeOverruns(ring: ReceiveRing): void {
    const reported = ring.overruns + (this.congested ? 1 : 0);
    this.congested = this.pending || native().wait(this.#handle, 0) > 0;
    // One is reported after another only where the queue was empty in between.
    ring.overruns = this.congested ? reported - 1 : reported;
  }

  #receiveOne(
    ring: ReceiveRing,
    take: TakeBatch,
    milliseconds: number,
    memory?: Uint8Array<ArrayBuffer>,
  ): boolean {
    const count = inSlices(
      milliseconds,
      (slice) =>
        memory === undefined
          ? native().receiveOne(this.handle, ring.buffer, slice)
          : native().receiveOne(
              this.handle,
              ring.buffer,
              slice,
              memory.buffer,
              memory.byteOffset,
              memory.byteLength,
            ),
      () => ring.hasWord,
    );
    if (count < 0) throw systemError('recvmsg', -count);
    ring.filled(count);
    if (memory !== undefined) ring.takeBack(memory);
    if (count > 0) this.#lastLength = ring.trueLength(0);
    this.received(ring, count, take);
    return count > 0 || ring.overruns > 0 || ring.foreign > 0 || ring.error > 0 || this.congested;
  }

  #checkSent(errno: number, to: SocketAddress | undefined): void {
    const error = this.sendFailure(errno, to);
    if (error !== undefined) throw error;
  }

  /**
   * @internal The error of a send, if it is one: a message to a group goes to the kernel's end as well, after the group, and
   * where the protocol has none, the kernel says so although the group has got it.
   */
  protected sendFailure(errno: number, to: SocketAddress | undefined): NetlinkError | undefined {
    const error = sendError(errno);
    const toGroup = to === undefined ? this.#connectedToGroup : to.groupMask !== 0 && to.portId === 0;
    return toGroup && error.code === 'ECONNREFUSED' ? undefined : error;
  }

  /** Blocks this thread until something can be received. Returns false when `milliseconds` are over; -1 is for ever. */
  wait(milliseconds: number): boolean {
    const result = inSlices(milliseconds, (slice) => native().wait(this.handle, slice));
    if (result < 0) throw systemError('poll', -result);
    return result > 0;
  }

  /** Receives on a thread, ahead of who asks, until nothing is queued; changes nothing where no thread can be had. */
  readAhead(): void {
    this.pending = native().readAhead(this.handle) === 0;
  }

  /** Asks for {@link DatagramConsumer.onReadable}, and keeps the process alive meanwhile, unless {@link unref} was called. */
  watch(): void {
    if (this.watching) return;
    const result = native().watch(this.handle, this.keepAlive);
    if (result < 0) throw systemError('epoll_ctl', -result);
    this.watching = true;
    this.listen();
  }

  /** Makes {@link DatagramConsumer.onReadable} run in the async context of this call, for AsyncLocalStorage. */
  captureContext(): void {
    this.#context = new AsyncResource('NETLINKSOCKET');
  }

  /** @internal Calls {@link onEvent} in that context. */
  dispatch(): void {
    if (this.#context === undefined) this.onEvent();
    else this.#context.runInAsyncScope(this.onEvent, this);
  }

  /** @internal Called from the event loop while somebody listens. */
  onEvent(): void {
    this.consumer.onReadable();
  }

  /** @internal Has {@link onEvent} called, and keeps this object from the garbage collector. */
  protected listen(): void {
    if (this.#context === undefined) this.captureContext();
    watched.set(this.#handle, this);
  }

  /** @internal The reverse. */
  protected unlisten(): void {
    watched.delete(this.#handle);
  }

  /** Nobody waits any more. */
  unwatch(): void {
    if (!this.watching) return;
    this.watching = false;
    this.unlisten();
    native().watch(this.#handle, false);
  }

  /** Whether waiting keeps the process alive; it does at first. */
  setKeepAlive(keepAlive: boolean): void {
    this.keepAlive = keepAlive;
    if (this.watching) native().watch(this.#handle, keepAlive);
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
    this.watching = false;
    watched.delete(this.#handle);
    forgotten.unregister(this);
    forgetOptions(this.#handle);
    return this.#handle;
  }
}

/** Waits in slices until `wait` returns something or `isOver`, or until `milliseconds` have passed; -1 is for ever. */
function inSlices(milliseconds: number, wait: (slice: number) => number, isOver?: () => boolean): number {
  if (milliseconds >= 0 && milliseconds <= LONGEST_BLOCK) return wait(milliseconds);
  const deadline = milliseconds < 0 ? Infinity : performance.now() + milliseconds;
  for (;;) {
    const left = Math.max(0, Math.ceil(deadline - performance.now()));
    const result = wait(Math.min(left, LONGEST_BLOCK));
    if (result !== 0 || left <= LONGEST_BLOCK || isOver?.() === true) return result;
  }
}

/** Where the socket is being opened, with AFNETLINK_DEBUG set: a stack for each socket is not free. */
function openingStack(): string | undefined {
  if (process.env['AFNETLINK_DEBUG'] !== '1') return undefined;
  const { stackTraceLimit } = Error;
  // The caller is what matters, and a dozen of our own calls stand before it.
  Error.stackTraceLimit = 50;
  const { stack } = new Error();
  Error.stackTraceLimit = stackTraceLimit;
  return stack?.split('\n').slice(1).join('\n').trim();
}

function readAddress(call: string, read: (target: ArrayBuffer) => number): SocketAddress {
  const words = new Uint32Array(2);
  const result = read(words.buffer);
  if (result < 0) throw systemError(call, -result);
  return { portId: words[0] ?? 0, groupMask: words[1] ?? 0 };
}

const sendHints: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody is bound to that port id',
  EAGAIN: "the receiver's queue is full; send again when it has read",
  EMSGSIZE: 'the message is larger than the send buffer (SO_SNDBUF) allows',
  EPERM: 'sending to other processes or to groups of this protocol needs CAP_NET_ADMIN',
};

function sendError(errno: number): NetlinkError {
  const error = systemError('sendmsg', errno);
  const hint = sendHints[error.code];
  return hint === undefined ? error : systemError('sendmsg', errno, hint);
}
