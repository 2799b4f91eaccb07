import { NetlinkError } from '../../errors.js';
import { LITTLE_ENDIAN_HOST } from '../../wire/byte-order.js';
import { NLMSG_HDRLEN } from '../../wire/constants.js';
import { decodeExtendedAck, type ExtendedAck } from '../../wire/extended-ack.js';
import type { WireView } from '../../wire/view.js';
import { explain, refusal, type RequestDescription } from './refusal.js';
import type { Decode } from './request-transaction.js';
import { type Transaction, undecodable } from './transaction.js';

/** Who consumes a dump. */
export interface DumpListener {
  /** Whether more items are wanted. */
  readonly wantsItems: boolean;
  /** There are new items, or the dump is settled. */
  onProgress(): void;
  /** The dump begins anew: what it gave so far is void. Returns false where that is too late. */
  onRestart(): boolean;
}

/** A dump: one request, many items, ended by NLMSG_DONE. The engine runs one at a time. */
export class DumpTransaction<Item> implements Transaction {
  sequence = 0;
  readonly count = 1;
  readonly answers = 1;
  settled = false;
  readonly echoes = false;
  readonly request: RequestDescription;
  /** The message, sequence number included once it is known. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Items that nobody took yet. */
  items: Item[] = [];
  /** Whether anything has come since the request was sent: answers of any kind. */
  answered = false;
  /** Whether the kernel said that the state changed under way (NLM_F_DUMP_INTR). */
  interrupted = false;
  restarts = 0;
  /** How often the event loop received for it. */
  runs = 0;
  extack: ExtendedAck | undefined = undefined;
  error: unknown = undefined;
  readonly #decode: Decode<Item>;
  readonly #listener: DumpListener;
  readonly #restarts: { readonly limit: number; readonly onRestart?: (() => void) | undefined };

  constructor(
    request: RequestDescription,
    bytes: Uint8Array<ArrayBuffer>,
    decode: Decode<Item>,
    listener: DumpListener,
    restarts: { readonly limit: number; readonly onRestart?: (() => void) | undefined },
  ) {
    this.request = request;
    this.bytes = bytes;
    this.#decode = decode;
    this.#listener = listener;
    this.#restarts = restarts;
  }

  /** Prepares the request for being sent under the sequence number that the engine gave. */
  prepare(): void {
    this.answered = false;
    new DataView(this.bytes.buffer, this.bytes.byteOffset).setUint32(8, this.sequence, LITTLE_ENDIAN_HOST);
  }

  /** Whether its datagrams are to be received: also those of one that was given up, so that it ends. */
  get wantsInput(): boolean {
    return this.settled || this.#listener.wantsItems;
  }

  /** Takes what there is. */
  takeItems(): Item[] {
    const { items } = this;
    this.items = [];
    return items;
  }

  /** Whether a dump that was interrupted begins anew now; forgets what it gave so far if so. */
  restart(): boolean {
    if (this.restarts >= this.#restarts.limit || !this.#listener.onRestart()) return false;
    this.restarts += 1;
    this.interrupted = false;
    this.extack = undefined;
    this.items = [];
    this.#restarts.onRestart?.();
    return true;
  }

  onMessage(view: WireView, at: number, end: number): void {
    const item = this.#decode(view, at + NLMSG_HDRLEN, end);
    if (item !== undefined) this.items.push(item);
  }

  /** An acknowledgement in place of a dump: there was nothing to dump. */
  onAcknowledgement(view: WireView, at: number, end: number): void {
    this.onDone(view, at, end);
  }

  onDone(view: WireView, at: number, end: number): void {
    this.#takeExtendedAck(view, at, end);
    if (this.interrupted) this.error = interruption(this.request.name, this.restarts);
    this.#settle();
  }

  onRefusal(errno: number, view: WireView, at: number, end: number): void {
    this.#takeExtendedAck(view, at, end);
    this.fail(refusal(this.request, errno, this.extack, this.bytes));
  }

  fail(error: unknown): void {
    if (this.settled) return;
    this.error = error;
    this.#settle();
  }

  onUndecodable(cause: unknown): void {
    this.fail(undecodable(this.request.name, cause));
  }

  /** Tells the listener of new items. */
  progress(): void {
    this.#listener.onProgress();
  }

  #takeExtendedAck(view: WireView, at: number, end: number): void {
    const extack = decodeExtendedAck(view, at, end);
    if (extack !== undefined) this.extack = explain(extack, this.request, this.bytes);
  }

  #settle(): void {
    // A decoder is the caller's code: it may have closed the socket, and ended this.
    if (this.settled) return;
    this.settled = true;
    this.#listener.onProgress();
  }
}

function interruption(operation: string, restarts: number): NetlinkError {
  const tries = restarts === 0 ? '' : `, also when it was begun anew (${restarts} times)`;
  return new NetlinkError(
    `${operation}: the dump is not one consistent state, since something changed while it ran${tries}; ` +
      'what it gave may lack entries or have them twice',
    { code: 'ERR_NETLINK_DUMP_INTERRUPTED', operation },
  );
}
