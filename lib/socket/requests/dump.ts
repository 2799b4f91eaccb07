import { atAwait, closed, invalidArgument, NetlinkError } from '../../errors.js';
import { NLM_F_ACK, NLM_F_DUMP, NLM_F_REQUEST } from '../../wire/constants.js';
import type { ExtendedAck } from '../../wire/extended-ack.js';
import type { Operation } from '../../wire/operation.js';
import { WireWriter } from '../../wire/writer.js';
import { requestBegins, requestEnds } from '../diagnostics.js';
import { type DumpListener, DumpTransaction } from '../engine/dump-transaction.js';
import { rejected } from '../rejected.js';
import { onAbort } from '../abort.js';
import { checkRange, U16_MAX } from '../ranges.js';
import { type CallOptions, readCallOptions } from './call-options.js';
import { DumpItems } from './dump-items.js';
import type { HalvedTimer } from './halved-timer.js';
import type { OperationCall } from './operation-call.js';
import type { Transport } from './transport.js';

export interface DumpOptions extends CallOptions {
  /**
   * Milliseconds without a part of the dump after which it fails, `Infinity` for no limit. The time in which another dump of
   * the socket runs counts too. Default: the socket's `requestTimeout`.
   */
  readonly timeout?: number | undefined;
  /**
   * How often a dump restarts that the kernel marks as inconsistent (NLM_F_DUMP_INTR: something changed during the dump).
   * Default: 5. If it is still inconsistent then, it ends with ERR_NETLINK_DUMP_INTERRUPTED after its data.
   */
  readonly restarts?: number;
  /**
   * For loops over a dump: called when it restarts, with the number of the restart. The items so far are void. Without it a
   * dump restarts only as long as the loop has received nothing. What it throws ends the dump and is thrown by the loop.
   */
  readonly onRestart?: (restart: number) => void;
}

/** How the items of a dump are read, and what errors say of it. */
type DumpOperation<Item> = Pick<
  Operation<never, Item>,
  'name' | 'decode' | 'restart' | 'headerLength' | 'attributes' | 'capability'
>;

const DEFAULT_RESTARTS = 5;
/**
 * A dump whose reader has this many items yet to take is not received. A datagram has about a hundred. More would survive
 * garbage collections, after which V8 (11.3 in Node 20.20) grows the young generation: `npm run bench -- --case dump` shows it.
 */
const ITEMS_PER_BATCH = 256;
/** While another call waits for the dump's end, this many items are kept for a reader that pauses. */
const ITEMS_FOR_PAUSE = 65_536;

interface Wait {
  readonly resolve: () => void;
  readonly timer: HalvedTimer;
}

/**
 * Ends dumps whose iterator is garbage collected. It refers to them weakly: an error of theirs keeps the frames of its stack,
 * the iterator among them, which could never be collected otherwise.
 */
const forgotten = new FinalizationRegistry<WeakRef<{ abandon(): void }>>((dump) => dump.deref()?.abandon());

/**
 * The answer to a dump request: read it once, as an array, item by item, or batch by batch. Nothing is sent before that.
 * The kernel makes a dump as it is read, so a slow reader delays it and memory stays small. When the reader leaves a loop
 * early, the rest is received and dropped.
 *
 * A socket runs one dump at a time. While another call of the socket waits, a dump whose reader pauses is received into
 * memory, up to 65,536 items; if its reader takes nothing for half of the waiting call's time-out, it ends with
 * ERR_NETLINK_TIMEOUT after these items.
 */
export class Dump<Item> implements AsyncIterable<Item> {
  readonly #transport: Transport;
  readonly #options: CallOptions;
  readonly #onRestart: DumpOptions['onRestart'] | undefined;
  readonly #transaction: DumpTransaction<Item>;
  #mode: 'unread' | 'array' | 'stream' = 'unread';
  #began = 0;
  #delivered = false;
  #restarted = false;
  /** How many messages of it had come when its reader was notified last. */
  #received = 0;
  #wait: Wait | undefined;
  #release: (() => void) | undefined;

  /** @internal */
  constructor(
    transport: Transport,
    bytes: Uint8Array<ArrayBuffer>,
    operation: DumpOperation<Item>,
    options: DumpOptions,
  ) {
    const { restarts = DEFAULT_RESTARTS, onRestart } = options;
    checkRange('restarts', restarts, Number.MAX_SAFE_INTEGER);
    if (onRestart !== undefined && typeof onRestart !== 'function') {
      throw invalidArgument(`onRestart must be a function, got ${typeof onRestart}`);
    }
    this.#transport = transport;
    this.#options = readCallOptions(options);
    this.#onRestart = onRestart;
    this.#transaction = new DumpTransaction(operation, bytes, operation.decode, this.#listener(), {
      limit: restarts,
      onRestart: operation.restart,
    });
  }

  /** How often it restarted because something changed while it ran. */
  get restarts(): number {
    return this.#transaction.restarts;
  }

  /** The extended acknowledgement at the end: a warning, for example that not everything could be read. */
  get extack(): ExtendedAck | undefined {
    return this.#transaction.extack;
  }

  /**
   * All items. Restarts when something changes while it runs. Rejected with the kernel's error; the signal's reason;
   * ERR_NETLINK_DUMP_INTERRUPTED, with the items of the last pass as `partial`; ERR_NETLINK_TIMEOUT, ERR_NETLINK_CLOSED.
   */
  toArray(): Promise<Item[]> {
    try {
      this.#start('array');
    } catch (error) {
      return rejected(error);
    }
    if (this.#transaction.settled) return this.#outcome();
    return this.#more().then(() => this.#outcome());
  }

  /** Like {@link toArray}, but blocks the thread until it is done. */
  toArraySync(): Item[] {
    this.#transport.port.checkBlocking('toArraySync');
    this.#start('array');
    const transaction = this.#transaction;
    this.#transport.block(transaction, transaction.request.name, this.#options);
    if (transaction.error !== undefined) throw this.#withPartial(transaction.error);
    return transaction.items;
  }

  /** Item by item. Ends by throwing what {@link toArray} rejects with, after the items that came. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Item> {
    return new DumpItems(this.batches());
  }

  /**
   * As the items come, many at a time, which is faster than item by item. An iterator that is neither read to its end nor
   * returned ends its dump when it is garbage collected.
   */
  batches(): AsyncGenerator<Item[], undefined, void> {
    const batches = this.#stream();
    // Nothing that the transport refers to refers to the generator, as long as no call of it waits.
    forgotten.register(batches, new WeakRef(this));
    return batches;
  }

  async *#stream(): AsyncGenerator<Item[], undefined, void> {
    const transaction = this.#transaction;
    this.#start('stream');
    try {
      for (;;) {
        if (this.#restarted) {
          this.#restarted = false;
          this.#onRestart?.(transaction.restarts);
        }
        if (transaction.items.length > 0) {
          this.#delivered = true;
          yield transaction.takeItems();
          continue;
        }
        if (transaction.error !== undefined) throw atAwait(transaction.error) as Error;
        if (transaction.settled) return undefined;
        await this.#more();
      }
    } finally {
      // The reader left the loop, or `onRestart` threw.
      this.abandon();
    }
  }

  /** @internal Ends it without an error. */
  abandon(): void {
    this.#transport.abandon(this.#transaction, undefined);
  }

  #start(mode: 'array' | 'stream'): void {
    if (this.#mode !== 'unread') throw invalidArgument('a dump can be read only once; ask for another');
    if (this.#transport.port.closed) throw closed();
    const { signal } = this.#options;
    signal?.throwIfAborted();
    this.#mode = mode;
    this.#began = requestBegins();
    this.#transport.startDump(this.#transaction);
    if (this.#transaction.settled) return;
    this.#release = onAbort(signal, () => this.#transport.abandon(this.#transaction, signal?.reason));
  }

  #outcome(): Promise<Item[]> {
    const { error, items } = this.#transaction;
    return error === undefined ? Promise.resolve(items) : rejected(atAwait(this.#withPartial(error)));
  }

  /** Resolved when there are items, or the end. */
  #more(): Promise<void> {
    return new Promise((resolve) => {
      const { timeout = this.#transport.timeout } = this.#options;
      this.#wait = { resolve, timer: this.#transport.limitSilence(this.#transaction, timeout) };
      this.#transport.awaitInput();
    });
  }

  #listener(): DumpListener {
    const wantsMore = () =>
      this.#mode === 'array' ||
      (this.#wait !== undefined && this.#transaction.items.length < ITEMS_PER_BATCH);
    const hasRoom = () => this.#transaction.items.length < ITEMS_FOR_PAUSE;
    return {
      get wantsItems() {
        return wantsMore();
      },
      get hasRoom() {
        return hasRoom();
      },
      onProgress: () => {
        const { settled, items, received } = this.#transaction;
        if (settled) this.#ended();
        const wait = this.#wait;
        if (wait === undefined) return;
        // Datagrams for others come by here too: they do not show that the dump goes on.
        if (received !== this.#received) wait.timer.refresh();
        this.#received = received;
        if (!settled && (this.#mode === 'array' || items.length === 0)) return;
        wait.timer.clear();
        this.#wait = undefined;
        wait.resolve();
      },
      onRestart: () => {
        if (this.#mode === 'array' || !this.#delivered) return true;
        this.#restarted = this.#onRestart !== undefined;
        return this.#restarted;
      },
    };
  }

  #ended(): void {
    this.#release?.();
    const { request, error } = this.#transaction;
    requestEnds('dump', request.name, this.#transport.port.portId, this.#began, error);
    this.#began = 0;
  }

  #withPartial(error: unknown): unknown {
    if (!(error instanceof NetlinkError) || error.code !== 'ERR_NETLINK_DUMP_INTERRUPTED') return error;
    const { message, code, operation } = error;
    return new NetlinkError(message, {
      code,
      ...(operation === undefined ? {} : { operation }),
      partial: this.#transaction.items,
    });
  }
}

/** The request for a dump. */
export function encodeDump<Input>({
  operation,
  type,
  flags,
  input,
}: OperationCall<Input, unknown>): Uint8Array<ArrayBuffer> {
  const writer = new WireWriter();
  if ((flags & U16_MAX) !== flags) checkRange(`${operation.name}: flags`, flags, U16_MAX);
  // The acknowledgement is for kernels without a dump of this type, which answer it like a plain request.
  writer.messageStart(type, flags | NLM_F_REQUEST | NLM_F_ACK | NLM_F_DUMP);
  operation.encode(writer, input);
  writer.messageEnd();
  return writer.finish();
}
