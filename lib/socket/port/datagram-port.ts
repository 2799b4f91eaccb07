import type { NetlinkError } from '../../errors.js';
import type { DatagramBatch } from '../../native/receive-ring.js';

/** Takes the datagrams of one receive. The next receive overwrites them. */
export type TakeBatch = (batch: DatagramBatch) => void;

/** Receives the events of a port. */
export interface DatagramConsumer {
  /** @internal Something can be received, and the port is {@link DatagramPort.watch watched}. Called from the event loop. */
  onReadable(): void;
  /** @internal The port was closed: settle everything that waits on it. Called once. */
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
   * Copies the bytes and sends them to `to`, by default to the connected peer. `done` is called from the event loop, when the
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

/** A bound netlink socket, datagram by datagram: a real one, or one of a fake kernel. */
export interface DatagramPort {
  /** The port id that the socket is bound to. */
  readonly portId: number;
  readonly closed: boolean;
  /** For the calls of lib/native. Throws ERR_NETLINK_CLOSED, and ERR_NETLINK_UNSUPPORTED where there is no real socket. */
  readonly handle: number;
  /** Number of datagrams dropped because another port than the kernel's sent them. */
  readonly foreignDatagrams: number;
  /** How many times the kernel has dropped messages because the receive buffer was full. */
  readonly overruns: number;
  /** Whether the kernel drops everything until the queue is empty. The overrun is counted then. */
  readonly congested: boolean;
  /** Whether a thread may have received more than it has passed on: an empty receive does not mean that the queue is empty. */
  readonly pending: boolean;
  /**
   * Whether a callback is being passed a batch. Until it returns, receives find nothing and {@link exchange} only sends, so
   * that datagrams are handled one after another, in order; calls that block throw.
   */
  readonly taking: boolean;
  /** SO_RCVBUF: bytes of queued datagrams, as the kernel counts them. */
  readonly receiveBufferSize: number;
  /** Present if a thread makes the calls. Then it sends, and the calls that send or wait inside themselves throw. */
  readonly offload?: OffloadedSender | undefined;
  /** getpeername(2): the kernel, unless {@link connect} chose another. */
  peerAddress(): SocketAddress;
  /** connect(2): where {@link send} and {@link exchange} send to. */
  connect(portId: number, groupMask: number): void;
  /** Throws ERR_NETLINK_INVALID_ARGUMENT if `call`, which may block, cannot be made now. */
  checkBlocking(call: string): void;
  /** Tells native code about changed options for ancillary data. */
  applyOptions(): void;
  /** Sends `length` bytes of `buffer` to the connected peer; without connect, that is the kernel. */
  send(buffer: ArrayBuffer, offset: number, length: number): void;
  /** Sends to a port and to the groups of a mask. */
  sendTo(buffer: ArrayBuffer, offset: number, length: number, portId: number, groupMask: number): void;
  /**
   * Sends a message whose header is the first 16 bytes of `header` and whose payload, which is not copied, is elsewhere; to
   * the connected peer without `to`.
   */
  sendMessage(header: ArrayBuffer, payload: Uint8Array<ArrayBuffer>, to: SocketAddress | undefined): void;
  /**
   * Receives queued datagrams without waiting, at most `wanted` and never more than 64, and passes them to `take`, which must
   * copy what it keeps. Returns their number. An overrun or an error without datagrams is passed to `take` too.
   */
  receive(wanted: number, take: TakeBatch): number;
  /**
   * Receives one datagram like {@link receive}, but blocks this thread until it comes or `milliseconds` are over; -1 waits
   * forever. Returns false when nothing came. With `keeps`, a large datagram comes in memory that `take` may keep.
   */
  receiveOne(take: TakeBatch, milliseconds: number, keeps: boolean): boolean;
  /**
   * Like {@link receiveOne}, but may receive the payload of a large message into `memory` without a copy: the batch says
   * whether it did. May overwrite `memory` in any case.
   */
  receiveInto(memory: Uint8Array, take: TakeBatch, milliseconds: number): boolean;
  /**
   * Sends, then receives like {@link receive}, in one native call. The kernel queues immediate answers before its part of the
   * send ends. `wanted` is the number of datagrams expected: looking for more costs a system call.
   */
  exchange(buffer: ArrayBuffer, offset: number, length: number, wanted: number, take: TakeBatch): number;
  /** Blocks this thread until something can be received. Returns false when `milliseconds` are over; -1 waits forever. */
  wait(milliseconds: number): boolean;
  /** Starts a thread that receives until the queue is empty. For dumps, whose datagrams the kernel makes inside the call. */
  readAhead(): void;
  /** Enables {@link DatagramConsumer.onReadable}. A watched port keeps the process alive unless {@link setKeepAlive} says no. */
  watch(): void;
  /** Disables it. */
  unwatch(): void;
  /** Runs {@link DatagramConsumer.onReadable} in the async context of this call, for AsyncLocalStorage. */
  captureContext(): void;
  /** Whether watching keeps the process alive. Initially true. */
  setKeepAlive(keepAlive: boolean): void;
  /** Closes the descriptor and notifies the consumer; a second call does nothing. */
  close(): void;
  /** Like {@link close}, but returns the open descriptor. */
  release(): number;
}
