import { AsyncResource } from 'node:async_hooks';
import { closed, type NetlinkError, systemError } from '../../errors.js';
import { native } from '../../native/addon.js';
import { borrowRing, giveBackRing, LONGEST_ALONE, ReceiveRing } from '../../native/receive-ring.js';
import type {
  DatagramConsumer,
  DatagramPort,
  OffloadedSender,
  SocketAddress,
  TakeBatch,
} from './datagram-port.js';
import { forgetOptions, getOption, wantsAncillaryData } from './options.js';
import { blockingInCallback } from './blocking-in-callback.js';
import { COPY_LIMIT, isOwn, LARGE } from './payload-memory.js';
import { refusedByThread, SendThread } from './send-thread.js';
import { waitInSlices } from './wait-in-slices.js';

/** The sockets that are watched, by handle. Only these are kept from the garbage collector. */
const watched = new Map<number, DatagramSocket>();

/** What the registry keeps about a socket that was garbage collected without being closed. */
interface Forgotten {
  readonly handle: number;
  /** The call stack of its opening, kept for debugging only. */
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
    // Not watched any more: the datagrams stay in the kernel until the next receive.
    if (socket === undefined) native().stopWatching(handle);
    else socket.dispatch();
  });
}

export interface DatagramSocketOptions {
  readonly acceptForeign: boolean;
  readonly offload: boolean;
}

/**
 * One bound socket, as datagrams: what the receive queue and the transaction engine are built on. It never waits by itself:
 * its user receives when it wants to, and calls {@link watch} to be notified when it can.
 */
export class DatagramSocket implements DatagramPort {
  readonly portId: number;
  foreignDatagrams = 0;
  overruns = 0;
  congested = false;
  taking = false;
  readonly #consumer: DatagramConsumer;
  readonly #handle: number;
  readonly #acceptForeign: boolean;
  readonly #thread: SendThread | undefined;
  #pending = false;
  /** Where the consumer is called: the async context of the call that waits. */
  #context: AsyncResource | undefined;
  #watching = false;
  #keepAlive = true;
  #closed = false;
  #connectedToGroup = false;
  /** The length of the last datagram that was received alone, as it was sent. */
  #lastLength = 0;

  /**
   * Takes ownership of the handle. `acceptForeign`: whether datagrams from ports other than the kernel's are wanted.
   * `offload`: whether a thread of the socket's own makes its calls.
   */
  constructor(handle: number, consumer: DatagramConsumer, options: DatagramSocketOptions) {
    this.#handle = handle;
    this.#acceptForeign = options.acceptForeign;
    this.#consumer = consumer;
    this.portId = this.localAddress().portId;
    this.applyOptions();
    forgotten.register(this, { handle, openedAt: openingStack() }, this);
    listen();
    if (options.offload) this.captureContext();
    this.#thread = options.offload ? new SendThread(this) : undefined;
    this.#pending = options.offload;
  }

  get closed(): boolean {
    return this.#closed;
  }

  get handle(): number {
    if (this.#closed) throw closed();
    return this.#handle;
  }

  get receiveBufferSize(): number {
    return getOption(this.handle, 'receiveBufferSize');
  }

  get pending(): boolean {
    return this.#pending || this.taking;
  }

  get offload(): OffloadedSender | undefined {
    return this.#thread;
  }

  checkBlocking(call: string): void {
    if (this.#thread !== undefined) throw refusedByThread();
    if (this.taking) throw blockingInCallback(call);
  }

  applyOptions(): void {
    const { handle } = this;
    native().setReceivePolicy(handle, wantsAncillaryData(handle), this.#acceptForeign);
  }

  /** getsockname(2). */
  localAddress(): SocketAddress {
    return readAddress('getsockname', (target) => native().localAddress(this.handle, target));
  }

  peerAddress(): SocketAddress {
    return readAddress('getpeername', (target) => native().peerAddress(this.handle, target));
  }

  connect(portId: number, groupMask: number): void {
    const result = native().connect(this.handle, portId, groupMask);
    if (result < 0) throw systemError('connect', -result);
    this.#connectedToGroup = groupMask !== 0;
  }

  send(buffer: ArrayBuffer, offset: number, length: number): void {
    const sent = native().send(this.#callHandle, buffer, offset, length);
    if (sent < 0) this.#checkSent(-sent, undefined);
  }

  sendTo(buffer: ArrayBuffer, offset: number, length: number, portId: number, groupMask: number): void {
    const sent = native().sendTo(this.#callHandle, buffer, offset, length, portId, groupMask);
    if (sent < 0) this.#checkSent(-sent, { portId, groupMask });
  }

  sendMessage(header: ArrayBuffer, payload: Uint8Array<ArrayBuffer>, to: SocketAddress | undefined): void {
    const handle = this.#callHandle;
    const { buffer, byteOffset, byteLength } = payload;
    const sent =
      to === undefined
        ? native().sendParts(handle, header, buffer, byteOffset, byteLength)
        : native().sendParts(handle, header, buffer, byteOffset, byteLength, to.portId, to.groupMask);
    if (sent < 0) this.#checkSent(-sent, to);
  }

  receive(wanted: number, take: TakeBatch): number {
    const { handle } = this;
    if (this.taking) return 0;
    const ring = borrowRing();
    try {
      const count = native().receive(handle, ring.buffer, wanted);
      if (count < 0) throw systemError('recvmsg', -count);
      ring.filled(count);
      return this.#received(ring, count, take);
    } finally {
      giveBackRing();
    }
  }

  receiveOne(take: TakeBatch, milliseconds: number, keeps: boolean): boolean {
    if (this.taking) return false;
    return this.#thread === undefined
      ? this.#receiveAlone(take, milliseconds, keeps)
      : this.#receiveFromThread(take, milliseconds);
  }

  receiveInto(memory: Uint8Array, take: TakeBatch, milliseconds: number): boolean {
    if (this.taking) return false;
    if (this.#thread !== undefined) return this.#receiveFromThread(take, milliseconds);
    const isLarge = this.#lastLength >= LARGE && this.#lastLength < LONGEST_ALONE;
    if (!isLarge || !isOwn(memory)) return this.#receiveAlone(take, milliseconds, false);
    const ring = borrowRing();
    try {
      return this.#receiveOne(ring, take, milliseconds, memory);
    } finally {
      giveBackRing();
    }
  }

  exchange(buffer: ArrayBuffer, offset: number, length: number, wanted: number, take: TakeBatch): number {
    const handle = this.#callHandle;
    if (this.taking) {
      this.send(buffer, offset, length);
      return 0;
    }
    const ring = borrowRing();
    try {
      const count = native().exchange(handle, buffer, offset, length, ring.buffer, wanted);
      if (count < 0) throw sendError(-count);
      ring.filled(count);
      return this.#received(ring, count, take);
    } finally {
      giveBackRing();
    }
  }

  wait(milliseconds: number): boolean {
    this.checkBlocking('wait');
    const handle = this.#callHandle;
    const result = waitInSlices(milliseconds, (slice) => native().wait(handle, slice));
    if (result < 0) throw systemError('poll', -result);
    return result > 0;
  }

  readAhead(): void {
    // Where no thread can be had, nothing changes.
    this.#pending = native().readAhead(this.handle) === 0;
  }

  watch(): void {
    if (this.#watching) return;
    const result = native().watch(this.handle, this.#keepAlive);
    if (result < 0) throw systemError('epoll_ctl', -result);
    this.#watching = true;
    if (this.#context === undefined) this.captureContext();
    watched.set(this.#handle, this);
  }

  unwatch(): void {
    if (!this.#watching) return;
    this.#watching = false;
    if (this.#thread?.busy !== true) watched.delete(this.#handle);
    native().watch(this.#handle, false);
  }

  captureContext(): void {
    this.#context = new AsyncResource('NETLINKSOCKET');
  }

  setKeepAlive(keepAlive: boolean): void {
    this.#keepAlive = keepAlive;
    if (this.#watching) native().watch(this.#handle, keepAlive);
    if (this.#thread !== undefined) this.onSendsChanged();
  }

  close(): void {
    if (this.#closed) return;
    native().close(this.#forget());
    this.#consumer.onClosed();
    this.#thread?.close();
  }

  release(): number {
    const { handle } = this;
    this.#forget();
    const descriptor = native().release(handle);
    this.#consumer.onClosed();
    this.#thread?.close();
    return descriptor;
  }

  /** @internal Called from the event loop: the socket is readable, or its thread has news. */
  dispatch(): void {
    this.#context?.runInAsyncScope(this.#onEvent, this);
  }

  /** @internal */
  onSendsChanged(): void {
    if (this.#thread?.busy === true) watched.set(this.#handle, this);
    else if (!this.#watching) watched.delete(this.#handle);
    this.#thread?.setKeepAlive(this.#keepAlive);
  }

  /**
   * @internal A message to a group is delivered to the group first and to the kernel's end of the protocol second. Where the
   * protocol has no such end, the kernel returns ECONNREFUSED although the group has received the message.
   */
  sendFailure(errno: number, to: SocketAddress | undefined): NetlinkError | undefined {
    const error = sendError(errno);
    const toGroup = to === undefined ? this.#connectedToGroup : to.groupMask !== 0 && to.portId === 0;
    return toGroup && error.code === 'ECONNREFUSED' ? undefined : error;
  }

  /** The handle for calls that send or wait on this thread. */
  get #callHandle(): number {
    if (this.#thread !== undefined) throw refusedByThread();
    return this.handle;
  }

  #onEvent(): void {
    this.#thread?.settle();
    if (this.#watching) this.#consumer.onReadable();
  }

  #receiveFromThread(take: TakeBatch, milliseconds: number): boolean {
    if (this.#receiveAlone(take, 0, false)) return true;
    if (milliseconds !== 0) throw refusedByThread();
    return false;
  }

  #receiveAlone(take: TakeBatch, milliseconds: number, keeps: boolean): boolean {
    // A large datagram is usually followed by another. Receive it into memory of its own, which the consumer can keep
    // without a copy, and which the longest datagrams need in any case.
    if (this.#lastLength >= (keeps ? COPY_LIMIT : LONGEST_ALONE) && !this.#pending)
      return this.#receiveOne(new ReceiveRing(this.#lastLength, 1), take, milliseconds);
    const ring = borrowRing();
    try {
      return this.#receiveOne(ring, take, milliseconds);
    } finally {
      giveBackRing();
    }
  }

  #receiveOne(
    ring: ReceiveRing,
    take: TakeBatch,
    milliseconds: number,
    memory?: Uint8Array<ArrayBuffer>,
  ): boolean {
    const { handle } = this;
    const count = waitInSlices(
      milliseconds,
      (slice) =>
        memory === undefined
          ? native().receiveOne(handle, ring.buffer, slice)
          : native().receiveOne(
              handle,
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
    this.#received(ring, count, take);
    return count > 0 || ring.hasWord || this.congested;
  }

  /** Counts what a ring holds and passes it on. */
  #received(ring: ReceiveRing, count: number, take: TakeBatch): number {
    this.foreignDatagrams += ring.foreign;
    this.#pending = ring.pending;
    if (this.congested || ring.overruns > 0) this.#placeOverruns(ring);
    this.overruns += ring.overruns;
    if (count > 0 || ring.overruns > 0 || ring.error > 0) {
      this.taking = true;
      try {
        take(ring);
      } finally {
        this.taking = false;
      }
    }
    return count;
  }

  /**
   * Moves the report of an overrun to the place of the loss. The kernel reports it first, but what it dropped would have been
   * queued last; and it drops everything, without another report, until the queue is empty.
   */
  #placeOverruns(ring: ReceiveRing): void {
    const reported = ring.overruns + (this.congested ? 1 : 0);
    this.congested = this.#pending || native().wait(this.#handle, 0) > 0;
    // The kernel reports a second overrun only if the queue was empty in between.
    ring.overruns = this.congested ? reported - 1 : reported;
  }

  #checkSent(errno: number, to: SocketAddress | undefined): void {
    const error = this.sendFailure(errno, to);
    if (error !== undefined) throw error;
  }

  #forget(): number {
    this.#closed = true;
    this.#watching = false;
    watched.delete(this.#handle);
    forgotten.unregister(this);
    forgetOptions(this.#handle);
    return this.#handle;
  }
}

/** Where the socket was opened. Only with AFNETLINK_DEBUG set, since recording a stack for each socket costs time. */
function openingStack(): string | undefined {
  if (process.env['AFNETLINK_DEBUG'] !== '1') return undefined;
  const { stackTraceLimit } = Error;
  // The caller's frames matter, and a dozen of our own come first.
  Reflect.set(Error, 'stackTraceLimit', 50);
  const { stack } = new Error();
  Reflect.set(Error, 'stackTraceLimit', stackTraceLimit);
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
