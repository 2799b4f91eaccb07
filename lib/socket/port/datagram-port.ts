import type { NetlinkError } from '../../errors.js';
import type { DatagramBatch } from '../../native/receive-ring.js';

/** Takes the datagrams of one receive; they are overwritten by the next. */
export type TakeBatch = (batch: DatagramBatch) => void;

/** What a port tells the one who uses it. */
export interface DatagramConsumer {
  /** @internal Something can be received, and {@link DatagramPort.watch} asked to be told. Called from the event loop. */
  onReadable(): void;
  /** @internal The port was closed: whatever waits on it must be settled. Called once. */
  onClosed(): void;
}

/** struct sockaddr_nl. */
export interface SocketAddress {
  readonly portId: number;
  /** A bit for each of the groups 1 to 32. */
  readonly groupMask: number;
}

/** Sends off the event loop, in order. */
export interface OffloadedSender {
  /**
   * Copies the bytes, and sends them to `to`, by default to the connected peer. `done` is called from the event loop, when the
   * kernel has handled them or the socket is closed.
   */
  submit(
    buffer: ArrayBuffer,
    offset: number,
    length: number,
    to: SocketAddress | undefined,
    done: (error: NetlinkError | undefined) => void,
  ): void;
}

/** A bound netlink socket, datagram by datagram: a real one, or that of a fake kernel. */
export interface DatagramPort {
  /** The port id that the socket is bound to. */
  readonly portId: number;
  readonly closed: boolean;
  /** For the calls of lib/native. Throws ERR_NETLINK_CLOSED, and ERR_NETLINK_UNSUPPORTED where there is no real socket. */
  readonly handle: number;
  /** Datagrams dropped so far because another port than the kernel's sent them. */
  readonly foreignDatagrams: number;
  /** How often so far the kernel has dropped messages for want of space in the receive buffer. */
  readonly overruns: number;
  /** Whether it drops all that comes, until nothing is queued any more: the overrun is counted then. */
  readonly congested: boolean;
  /** Whether more may have been received than was given: that nothing came does not mean that nothing is queued. */
  readonly pending: boolean;
  /** SO_RCVBUF: bytes of datagrams that may wait, as the kernel counts them. */
  readonly receiveBufferSize: number;
  /** There if calls are made off the event loop: it sends then, and the calls that send or wait here refuse to. */
  readonly offload?: OffloadedSender | undefined;
  /** getpeername(2): the kernel, unless {@link connect} chose another. */
  peerAddress(): SocketAddress;
  /** connect(2): where {@link send} and {@link exchange} send to. */
  connect(portId: number, groupMask: number): void;
  /** Makes a change of the options for ancillary data known to native code. */
  applyOptions(): void;
  /** Sends `length` bytes of `buffer` to the connected peer; without connect, that is the kernel. */
  send(buffer: ArrayBuffer, offset: number, length: number): void;
  /** Sends to a port and to the groups of a mask. */
  sendTo(buffer: ArrayBuffer, offset: number, length: number, portId: number, groupMask: number): void;
  /**
   * Sends a message whose header is the first 16 bytes of `header`, and whose payload, which need not be copied, lies
   * elsewhere; to the connected peer without `to`.
   */
  sendMessage(header: ArrayBuffer, payload: Uint8Array<ArrayBuffer>, to: SocketAddress | undefined): void;
  /**
   * Receives what is queued, `wanted` datagrams at most (64 at most in any case), without waiting, and gives them to
   * `take`, which must copy what it keeps. Returns their number. `take` is called for an overrun or an error alone, too.
   */
  receive(wanted: number, take: TakeBatch): number;
  /**
   * Receives one datagram as {@link receive} does, for which it blocks this thread up to so many milliseconds, -1 for
   * ever. Returns false when nothing came. With `keeps`, a large one comes in memory that `take` may keep.
   */
  receiveOne(take: TakeBatch, milliseconds: number, keeps: boolean): boolean;
  /**
   * As {@link receiveOne}; the payload of a large message may be received into `memory`, without a copy: the batch says so.
   * Whatever comes, memory may be overwritten.
   */
  receiveInto(memory: Uint8Array, take: TakeBatch, milliseconds: number): boolean;
  /**
   * Sends, then receives as {@link receive} does, in one native call. What the kernel answers at once, it has queued
   * before its part of the send ends; say with `wanted` how many datagrams that is, since looking for more costs time.
   */
  exchange(buffer: ArrayBuffer, offset: number, length: number, wanted: number, take: TakeBatch): number;
  /** Blocks this thread until something can be received. Returns false when `milliseconds` are over; -1 is for ever. */
  wait(milliseconds: number): boolean;
  /** Receives on a thread, ahead of who asks, until nothing is queued: for dumps, whose datagrams the kernel makes inside the call. */
  readAhead(): void;
  /** Asks for {@link DatagramConsumer.onReadable}, and keeps the process alive meanwhile, unless told otherwise. */
  watch(): void;
  /** Nobody waits any more. */
  unwatch(): void;
  /** Makes {@link DatagramConsumer.onReadable} run in the async context of this call, for AsyncLocalStorage. */
  captureContext(): void;
  /** Whether waiting keeps the process alive; it does at first. */
  setKeepAlive(keepAlive: boolean): void;
  /** Closes the descriptor and tells the consumer; a second time does nothing. */
  close(): void;
  /** As {@link close}, but hands the descriptor out. */
  release(): number;
}
