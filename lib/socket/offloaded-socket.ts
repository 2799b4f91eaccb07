import { closed, invalidArgument, type NetlinkError, systemError } from '../errors.js';
import { native } from '../native/addon.js';
import { ReceiveRing } from '../native/receive-ring.js';
import type { DatagramConsumer, OffloadedSender, SocketAddress, TakeBatch } from './datagram-port.js';
import { DatagramSocket } from './datagram-socket.js';

/** The geometry that native code wants of rings for results. */
const SLOT_SIZE = 256 * 1024;
const SLOT_COUNT = 8;

/**
 * A socket whose calls are made on a thread of its own, one after the other: the kernel may hold a sender, or whoever
 * receives a dump, for as long as it waits for a lock. Receiving is submitted when the socket is readable and somebody
 * waits; what came is kept until the consumer asks for it.
 */
export class OffloadedSocket extends DatagramSocket {
  readonly offload: OffloadedSender;
  /** What is to be done with the results of the calls under way, in order. */
  readonly #calls: ((sent: number) => void)[] = [];
  #receiving = false;
  #spare: ReceiveRing | undefined;
  #ready: ReceiveRing | undefined;

  constructor(handle: number, acceptForeign: boolean, consumer: DatagramConsumer) {
    super(handle, acceptForeign, consumer);
    const error = native().startOffload(handle);
    if (error < 0) throw systemError('uv_thread_create', -error);
    this.offload = { submit: this.#submit.bind(this) };
  }

  override send(): never {
    throw refused();
  }

  override sendTo(): never {
    throw refused();
  }

  override exchange(): never {
    throw refused();
  }

  override wait(): never {
    throw refused();
  }

  override receive(_wanted: number, take: TakeBatch): number {
    const ring = this.#ready;
    if (ring === undefined) return 0;
    this.#ready = undefined;
    this.#spare ??= ring;
    const count = this.received(ring, ring.count, take);
    this.#poll();
    return count;
  }

  override receiveOne(take: TakeBatch, milliseconds: number): boolean {
    const isEmpty = this.#ready === undefined;
    if (isEmpty && milliseconds !== 0) throw refused();
    this.receive(1, take);
    return !isEmpty;
  }

  override watch(): void {
    super.watch();
    if (this.#receiving || this.#ready !== undefined) native().stopWatching(this.handle);
  }

  override setKeepAlive(keepAlive: boolean): void {
    super.setKeepAlive(keepAlive);
    this.#updateRef();
  }

  override onEvent(): void {
    let results = 0;
    for (let ring = this.#takeResult(); ring !== undefined; ring = this.#takeResult()) {
      results += 1;
      this.#calls.shift()?.(ring.filledOffLoop());
      if (this.closed) return;
      if (ring.count > 0 || ring.overruns > 0 || ring.error > 0) {
        this.#ready = ring;
        this.#spare = undefined;
      }
    }
    if (this.#ready !== undefined) this.consumer.onReadable();
    if (this.closed) return;
    if (results === 0) this.#receive();
    else this.#poll();
    this.#updateRef();
  }

  override close(): void {
    super.close();
    this.#fail();
  }

  override release(): number {
    const descriptor = super.release();
    this.#fail();
    return descriptor;
  }

  protected override unlisten(): void {
    if (this.#calls.length === 0) super.unlisten();
  }

  #submit(
    buffer: ArrayBuffer,
    offset: number,
    length: number,
    to: SocketAddress | undefined,
    done: (error: NetlinkError | undefined) => void,
  ): void {
    const { handle } = this;
    if (to === undefined) native().submit(handle, buffer, offset, length, 0);
    else native().submit(handle, buffer, offset, length, 0, to.portId, to.groupMask);
    this.#expect((sent) => {
      if (this.closed) done(closed());
      else done(sent < 0 ? this.sendFailure(-sent, to) : undefined);
    });
  }

  /** The socket is readable: the thread receives, and nobody looks meanwhile whether it still is. */
  #receive(): void {
    native().stopWatching(this.handle);
    if (!this.watching || this.#receiving || this.#ready !== undefined) return;
    this.#receiving = true;
    native().submit(this.handle, new ArrayBuffer(0), 0, 0, SLOT_COUNT);
    this.#expect(() => (this.#receiving = false));
  }

  #poll(): void {
    if (this.closed || !this.watching || this.#receiving || this.#ready !== undefined) return;
    native().watch(this.handle, this.keepAlive);
  }

  #takeResult(): ReceiveRing | undefined {
    const ring = (this.#spare ??= new ReceiveRing(SLOT_SIZE, SLOT_COUNT));
    return native().takeResult(this.handle, ring.buffer) === 1 ? ring : undefined;
  }

  #expect(call: (sent: number) => void): void {
    this.#calls.push(call);
    this.listen();
    this.#updateRef();
  }

  #updateRef(): void {
    if (this.#calls.length === 0 && !this.watching) this.unlisten();
    native().setOffloadRef(this.handle, this.keepAlive && this.#calls.length > 0);
  }

  /** Nobody learns what becomes of the calls under way. */
  #fail(): void {
    for (const call of this.#calls.splice(0)) call(0);
  }
}

function refused(): NetlinkError {
  return invalidArgument(
    'this socket was opened with offload: it cannot send or wait inside the call; use sendAsync, receive or request',
  );
}
