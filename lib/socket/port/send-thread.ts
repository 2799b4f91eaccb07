import { closed, invalidArgument, type NetlinkError, systemError } from '../../errors.js';
import { native } from '../../native/addon.js';
import type { OffloadedSender, SocketAddress } from './datagram-port.js';

/** What a thread needs from its socket. */
export interface ThreadOwner {
  readonly handle: number;
  readonly closed: boolean;
  /** The error of a send that failed with `errno`, or undefined where the kernel reports one although the send succeeded. */
  sendFailure(errno: number, to: SocketAddress | undefined): NetlinkError | undefined;
  /** Sends began, or the last one ended: events are needed, or no longer. */
  onSendsChanged(): void;
}

/**
 * The thread of a socket that was opened with `offload`. The kernel may block a sender, or the reader of a dump, for as long
 * as it waits for a lock: this thread makes those calls. It receives when the socket is readable and watched.
 */
export class SendThread implements OffloadedSender {
  readonly #owner: ThreadOwner;
  /** The callbacks of the sends under way, in order. */
  readonly #sends: ((result: number) => void)[] = [];
  readonly #result = new Int32Array(1);

  constructor(owner: ThreadOwner) {
    this.#owner = owner;
    const error = native().startOffload(owner.handle);
    if (error < 0) throw systemError('pthread_create', -error);
  }

  /** Whether sends are under way. */
  get busy(): boolean {
    return this.#sends.length > 0;
  }

  submit(
    buffer: ArrayBuffer,
    offset: number,
    length: number,
    to: SocketAddress | undefined,
    done: (error: NetlinkError | undefined) => void,
  ): void {
    const owner = this.#owner;
    if (to === undefined) native().submit(owner.handle, buffer, offset, length);
    else native().submit(owner.handle, buffer, offset, length, to.portId, to.groupMask);
    this.#sends.push((result) => {
      if (owner.closed) done(closed());
      else done(result < 0 ? owner.sendFailure(-result, to) : undefined);
    });
    owner.onSendsChanged();
  }

  /** Settles the sends that the thread has finished. */
  settle(): void {
    while (native().takeSent(this.#owner.handle, this.#result.buffer) === 1) {
      this.#sends.shift()?.(this.#result[0] ?? 0);
      if (this.#owner.closed) return;
    }
    this.#owner.onSendsChanged();
  }

  /** Whether sends under way keep the process alive. */
  setKeepAlive(keepAlive: boolean): void {
    native().setOffloadRef(this.#owner.handle, keepAlive && this.busy);
  }

  /** The socket was closed: the outcome of the sends under way stays unknown. */
  close(): void {
    for (const send of this.#sends.splice(0)) send(0);
  }
}

export function refusedByThread(): NetlinkError {
  return invalidArgument(
    'this socket was opened with offload: it cannot send or wait inside the call. Use sendAsync, receive or request',
  );
}
