import { NetlinkError } from '../../errors.js';
import { LITTLE_ENDIAN_HOST } from '../../wire/byte-order.js';
import { NLMSG_HDRLEN } from '../../wire/constants.js';
import { decodeExtendedAck, type ExtendedAck } from '../../wire/extended-ack.js';
import type { WireView } from '../../wire/view.js';
import { explain, refusal, type RequestDescription } from './refusal.js';
import type { Decode } from './request-transaction.js';
import { type Transaction, undecodable } from './transaction.js';

/** The reader of a dump. */
export interface DumpListener {
  /** Whether it waits for more items. */
  readonly wantsItems: boolean;
  /** Whether it can keep more items although it does not wait for them. */
  readonly hasRoom: boolean;
  /** There are new items, or the dump is settled. */
  onProgress(): void;
  /** The dump restarts: the items so far are void. Returns false if it is too late for that. */
  onRestart(): boolean;
}

/** A dump: one request, many items, ended by NLMSG_DONE. The engine runs one at a time. */
export class DumpTransaction<Item> implements Transaction {
  sequence = 0;
  readonly count = 1;
  readonly answers = 1;
  settled = false;
  sent = false;
  readonly echoes = false;
  readonly request: RequestDescription;
  /** The message, sequence number included once it is known. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Items that the reader has not taken yet. */
  items: Item[] = [];
  /** How many messages answered it, since it was sent last. */
  received = 0;
  /** Whether the kernel reported that the state changed during the dump (NLM_F_DUMP_INTR). */
  interrupted = false;
  restarts = 0;
  /** How often its reader took items. */
  reads = 0;
  /** In how many runs of the event loop datagrams were received for it. */
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

  /** Whether anything has come since the request was sent: answers of any kind. */
  get answered(): boolean {
    return this.received > 0;
  }

  /** Prepares the request for being sent with the sequence number that the engine assigned. */
  prepare(): void {
    this.received = 0;
    new DataView(this.bytes.buffer, this.bytes.byteOffset).setUint32(8, this.sequence, LITTLE_ENDIAN_HOST);
  }

  /** Whether its datagrams must be received now. Those of an abandoned dump are, so that it ends. */
  get wantsInput(): boolean {
    return this.settled || this.#listener.wantsItems;
  }

  /** Whether its datagrams can be received now: also into memory, for a reader that pauses. */
  get acceptsInput(): boolean {
    return this.wantsInput || this.#listener.hasRoom;
  }

  /** Whether its reader pauses. */
  get paused(): boolean {
    return !this.settled && !this.#listener.wantsItems;
  }

  /** Takes the items that there are. */
  takeItems(): Item[] {
    const { items } = this;
    this.reads += 1;
    this.items = [];
    return items;
  }

  /** Whether an interrupted dump restarts now. If so, forgets its items. */
  restart(): boolean {
    if (this.restarts >= this.#restarts.limit || !this.#listener.onRestart()) return false;
    this.restarts += 1;
    this.interrupted = false;
    this.extack = undefined;
    this.items = [];
    this.#restarts.onRestart?.();
    // That is the caller's code: it may have closed the socket.
    return !this.settled;
  }

  onMessage(view: WireView, at: number, end: number): void {
    const item = this.#decode(view, at + NLMSG_HDRLEN, end);
    if (item !== undefined) this.items.push(item);
  }

  /** An acknowledgement instead of a dump: there was nothing to dump. */
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

  /** Notifies the listener of new items. */
  progress(): void {
    this.#listener.onProgress();
  }

  #takeExtendedAck(view: WireView, at: number, end: number): void {
    const extack = decodeExtendedAck(view, at, end);
    if (extack !== undefined) this.extack = explain(extack, this.request, this.bytes);
  }

  #settle(): void {
    // A decoder is the caller's code: it may have closed the socket and settled this dump.
    if (this.settled) return;
    this.settled = true;
    this.#listener.onProgress();
  }
}

function interruption(operation: string, restarts: number): NetlinkError {
  const tries = restarts === 0 ? '' : ` and in ${restarts} restarts`;
  return new NetlinkError(
    `${operation}: the dump is inconsistent: the kernel's state changed while it ran${tries}; ` +
      'entries may be missing or appear twice',
    { code: 'ERR_NETLINK_DUMP_INTERRUPTED', operation },
  );
}
