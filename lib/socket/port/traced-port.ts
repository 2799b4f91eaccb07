import type { DatagramBatch } from '../../native/receive-ring.js';
import { NLMSG_HDRLEN } from '../../wire/constants.js';
import type { DatagramPort, OffloadedSender, SocketAddress, TakeBatch } from './datagram-port.js';
import { joinMessage } from './join-message.js';

/** A datagram that went through a socket, or word that some were lost. */
export interface Traffic {
  /** What happened to the datagram; `overrun` is the kernel's report that it dropped some. */
  readonly direction: 'sent' | 'received' | 'overrun';
  /** The socket's protocol number. */
  readonly protocol: number;
  /** The socket's own port id. */
  readonly portId: number;
  /** The other end: 0 is the kernel. */
  readonly peer: number;
  /** The multicast group of what was received, 0 for unicast. */
  readonly group: number;
  /** A copy; empty for an overrun. */
  readonly bytes: Uint8Array;
}

/**
 * Sees every datagram of a socket: what is sent before it is sent. What it throws is thrown by the call that sent or received,
 * after the socket has handled what was received.
 */
export type Trace = (traffic: Traffic) => void;

/** A port that shows what goes through it; sockets that nobody looks into do without. */
export class TracedPort implements DatagramPort {
  readonly #port: DatagramPort;
  readonly #protocol: number;
  readonly #trace: Trace;

  constructor(port: DatagramPort, protocol: number, trace: Trace) {
    this.#port = port;
    this.#protocol = protocol;
    this.#trace = trace;
  }

  get portId(): number {
    return this.#port.portId;
  }

  get closed(): boolean {
    return this.#port.closed;
  }

  get handle(): number {
    return this.#port.handle;
  }

  get foreignDatagrams(): number {
    return this.#port.foreignDatagrams;
  }

  get overruns(): number {
    return this.#port.overruns;
  }

  get congested(): boolean {
    return this.#port.congested;
  }

  get pending(): boolean {
    return this.#port.pending;
  }

  get taking(): boolean {
    return this.#port.taking;
  }

  get receiveBufferSize(): number {
    return this.#port.receiveBufferSize;
  }

  get offload(): OffloadedSender | undefined {
    const { offload } = this.#port;
    if (offload === undefined) return undefined;
    return {
      submit: (buffer, offset, length, to, done) => {
        offload.submit(this.#sent(buffer, offset, length, to?.portId), 0, length, to, done);
      },
    };
  }

  peerAddress(): SocketAddress {
    return this.#port.peerAddress();
  }

  connect(portId: number, groupMask: number): void {
    this.#port.connect(portId, groupMask);
  }

  checkBlocking(call: string): void {
    this.#port.checkBlocking(call);
  }

  applyOptions(): void {
    this.#port.applyOptions();
  }

  send(buffer: ArrayBuffer, offset: number, length: number): void {
    this.#port.send(this.#sent(buffer, offset, length), 0, length);
  }

  sendTo(buffer: ArrayBuffer, offset: number, length: number, portId: number, groupMask: number): void {
    this.#port.sendTo(this.#sent(buffer, offset, length, portId), 0, length, portId, groupMask);
  }

  sendMessage(header: ArrayBuffer, payload: Uint8Array<ArrayBuffer>, to: SocketAddress | undefined): void {
    const own = header.slice(0, NLMSG_HDRLEN);
    this.#show('sent', joinMessage(own, payload), to?.portId ?? 0, 0);
    this.#port.sendMessage(own, payload, to);
  }

  receive(wanted: number, take: TakeBatch): number {
    return this.#port.receive(wanted, this.#showing(take));
  }

  receiveOne(take: TakeBatch, milliseconds: number, keeps: boolean): boolean {
    return this.#port.receiveOne(this.#showing(take), milliseconds, keeps);
  }

  receiveInto(_memory: Uint8Array, take: TakeBatch, milliseconds: number): boolean {
    return this.receiveOne(take, milliseconds, false);
  }

  exchange(buffer: ArrayBuffer, offset: number, length: number, wanted: number, take: TakeBatch): number {
    const own = this.#sent(buffer, offset, length);
    return this.#port.exchange(own, 0, length, wanted, this.#showing(take));
  }

  wait(milliseconds: number): boolean {
    return this.#port.wait(milliseconds);
  }

  readAhead(): void {
    this.#port.readAhead();
  }

  watch(): void {
    this.#port.watch();
  }

  unwatch(): void {
    this.#port.unwatch();
  }

  captureContext(): void {
    this.#port.captureContext();
  }

  setKeepAlive(keepAlive: boolean): void {
    this.#port.setKeepAlive(keepAlive);
  }

  close(): void {
    this.#port.close();
  }

  release(): number {
    return this.#port.release();
  }

  /** Shows what is sent. Returns a copy to send: the callback may send on the socket, which writes to the same memory. */
  #sent(buffer: ArrayBuffer, offset: number, length: number, peer = 0): ArrayBuffer {
    const bytes = buffer.slice(offset, offset + length);
    this.#show('sent', new Uint8Array(bytes).slice(), peer, 0);
    return bytes;
  }

  #showing(take: TakeBatch): TakeBatch {
    return (batch: DatagramBatch) => {
      try {
        for (let index = 0; index < batch.count; index++) {
          const start = batch.offset(index);
          const bytes = batch.bytes(index).slice(start, start + batch.length(index));
          this.#show('received', bytes, batch.portId(index), batch.group(index));
        }
        for (let count = 0; count < batch.overruns; count++) this.#show('overrun', new Uint8Array(), 0, 0);
      } finally {
        if (!this.closed) take(batch);
      }
    };
  }

  #show(direction: Traffic['direction'], bytes: Uint8Array, peer: number, group: number): void {
    this.#trace({ direction, protocol: this.#protocol, portId: this.portId, peer, group, bytes });
  }
}
