import { closed, invalidArgument, type NetlinkError, systemError } from '../../errors.js';
import { native } from '../../native/addon.js';
import type { DatagramConsumer, OffloadedSender, SocketAddress, TakeBatch } from './datagram-port.js';
import { DatagramSocket } from './datagram-socket.js';

/**
 * A socket whose calls are made on a thread of its own: the kernel may hold a sender, or whoever receives a dump, for as
 * long as it waits for a lock. The thread receives when the socket is readable and somebody waits.
 */
export class OffloadedSocket extends DatagramSocket {
  readonly offload: OffloadedSender;
  /** What is to be done with the results of the sends under way, in order. */
  readonly #sends: ((sent: number) => void)[] = [];
  readonly #sent = new Int32Array(1);

  constructor(handle: number, acceptForeign: boolean, consumer: DatagramConsumer) {
    super(handle, acceptForeign, consumer);
    const error = native().startOffload(handle);
    if (error < 0) throw systemError('pthread_create', -error);
    this.offload = { submit: this.#submit.bind(this) };
    this.pending = true;
  }

  override send(): never {
    throw refused();
  }

  override sendTo(): never {
    throw refused();
  }

  override sendMessage(): never {
    throw refused();
  }

  override exchange(): never {
    throw refused();
  }

  override wait(): never {
    throw refused();
  }

  override receiveOne(take: TakeBatch, milliseconds: number): boolean {
    if (super.receiveOne(take, 0, false)) return true;
    if (milliseconds !== 0) throw refused();
    return false;
  }

  override receiveInto(_memory: Uint8Array, take: TakeBatch, milliseconds: number): boolean {
    return this.receiveOne(take, milliseconds);
  }

  override setKeepAlive(keepAlive: boolean): void {
    super.setKeepAlive(keepAlive);
    this.#updateRef();
  }

  override onEvent(): void {
    while (native().takeSent(this.handle, this.#sent.buffer) === 1) {
      this.#sends.shift()?.(this.#sent[0] ?? 0);
      if (this.closed) return;
    }
    this.#updateRef();
    if (this.watching) this.consumer.onReadable();
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
    if (this.#sends.length === 0) super.unlisten();
  }

  #submit(
    buffer: ArrayBuffer,
    offset: number,
    length: number,
    to: SocketAddress | undefined,
    done: (error: NetlinkError | undefined) => void,
  ): void {
    const { handle } = this;
    if (to === undefined) native().submit(handle, buffer, offset, length);
    else native().submit(handle, buffer, offset, length, to.portId, to.groupMask);
    this.#sends.push((sent) => {
      if (this.closed) done(closed());
      else done(sent < 0 ? this.sendFailure(-sent, to) : undefined);
    });
    this.listen();
    this.#updateRef();
  }

  #updateRef(): void {
    if (this.#sends.length === 0 && !this.watching) this.unlisten();
    native().setOffloadRef(this.handle, this.keepAlive && this.#sends.length > 0);
  }

  /** Nobody learns what becomes of the sends under way. */
  #fail(): void {
    for (const send of this.#sends.splice(0)) send(0);
  }
}

function refused(): NetlinkError {
  return invalidArgument(
    'this socket was opened with offload: it cannot send or wait inside the call; use sendAsync, receive or request',
  );
}
