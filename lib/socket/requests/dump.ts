import { atAwait, closed, invalidArgument, NetlinkError } from '../../errors.js';
import { NLM_F_ACK, NLM_F_DUMP, NLM_F_REQUEST } from '../../wire/constants.js';
import type { ExtendedAck } from '../../wire/extended-ack.js';
import type { Operation } from '../../wire/operation.js';
import { WireWriter } from '../../wire/writer.js';
import { requestBegins, requestEnds } from '../diagnostics.js';
import { type DumpListener, DumpTransaction } from '../engine/dump-transaction.js';
import { rejected } from '../rejected.js';
import { type CallOptions, checkTimeout } from './call-options.js';
import type { OperationCall } from './operation-call.js';
import type { Transport } from './transport.js';

export interface DumpOptions extends CallOptions {
  /** Milliseconds of silence after which the dump has failed, `Infinity` for no limit. Default: the socket's `requestTimeout`. */
  readonly timeout?: number | undefined;
  /**
   * How often a dump that the kernel calls inconsistent (NLM_F_DUMP_INTR: something changed under way) is begun anew.
   * Default: 5. When it is still inconsistent then, it ends with ERR_NETLINK_DUMP_INTERRUPTED behind its data.
   */
  readonly restarts?: number;
  /**
   * For loops over a dump: called when it begins anew, with the number of the restart. What was given before is void.
   * Without it a dump is begun anew only while nothing of it has been given yet.
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
 * When so many items are kept for a consumer, nothing more is received. A datagram has some hundred; more would outlive
 * many a collection of garbage, for which V8 makes the young generation larger than the rest of a stream.
 */
const ITEMS_PER_BATCH = 256;

interface Wait {
  readonly resolve: () => void;
  readonly timer: NodeJS.Timeout | undefined;
}

/**
 * The answer to a dump request: read it once, as an array, item by item, or batch by batch. Nothing is sent before.
 * The kernel makes a dump as it is read, so a consumer that is slow holds it up and keeps memory small; leaving a loop
 * early lets the rest go by. A socket's dumps run one after the other.
 */
export class Dump<Item> implements AsyncIterable<Item> {
  readonly #transport: Transport;
  readonly #options: DumpOptions;
  readonly #transaction: DumpTransaction<Item>;
  #mode: 'unread' | 'array' | 'stream' = 'unread';
  #began = 0;
  #delivered = false;
  #restarted = false;
  #wait: Wait | undefined;
  #release: (() => void) | undefined;

  /** @internal */
  constructor(
    transport: Transport,
    bytes: Uint8Array<ArrayBuffer>,
    operation: DumpOperation<Item>,
    options: DumpOptions,
  ) {
    const { restarts = DEFAULT_RESTARTS, timeout } = options;
    if (timeout !== undefined) checkTimeout(timeout);
    if (!(Number.isInteger(restarts) && restarts >= 0)) {
      throw invalidArgument(`restarts is ${String(restarts)}; it must be a whole number from 0 on`);
    }
    this.#transport = transport;
    this.#options = options;
    this.#transaction = new DumpTransaction(operation, bytes, operation.decode, this.#listener(), {
      limit: restarts,
      onRestart: operation.restart,
    });
  }

  /** How often it was begun anew, since something changed while it ran. */
  get restarts(): number {
    return this.#transaction.restarts;
  }

  /** What the kernel said at the end: a warning, for example that not everything could be read. */
  get extack(): ExtendedAck | undefined {
    return this.#transaction.extack;
  }

  /**
   * All items. Begun anew when something changes while it runs. Rejected with what the kernel refuses it with; the
   * signal's reason; ERR_NETLINK_DUMP_INTERRUPTED, with the last pass as `partial`; ERR_NETLINK_TIMEOUT, ERR_NETLINK_CLOSED.
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

  /** As {@link toArray}, but blocks the thread until it is done. */
  toArraySync(): Item[] {
    this.#start('array');
    const transaction = this.#transaction;
    this.#transport.block(transaction, transaction.request.name, this.#options);
    if (transaction.error !== undefined) throw this.#withPartial(transaction.error);
    return transaction.items;
  }

  /** Item by item. Ends by throwing what {@link toArray} rejects with, behind the items that came. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Item> {
    return new ItemIterator(this.batches());
  }

  /** As the items come, many at a time, which is faster than item by item. */
  batches(): AsyncIterableIterator<Item[]> {
    const transaction = this.#transaction;
    let started = false;
    const next = async (): Promise<IteratorResult<Item[]>> => {
      if (!started) this.#start('stream');
      started = true;
      for (;;) {
        if (this.#restarted) {
          this.#restarted = false;
          this.#options.onRestart?.(transaction.restarts);
        }
        if (transaction.items.length > 0) {
          this.#delivered = true;
          return { done: false, value: transaction.takeItems() };
        }
        if (transaction.error !== undefined) throw atAwait(transaction.error) as Error;
        if (transaction.settled) return { done: true, value: undefined };
        await this.#more();
      }
    };
    const iterator: AsyncIterableIterator<Item[]> = {
      [Symbol.asyncIterator]: () => iterator,
      next,
      return: () => {
        if (started && !transaction.settled) this.#transport.abandon(transaction, undefined);
        return Promise.resolve({ done: true, value: undefined });
      },
    };
    return iterator;
  }

  #start(mode: 'array' | 'stream'): void {
    if (this.#mode !== 'unread') throw invalidArgument('a dump can be read only once; ask for another');
    if (this.#transport.port.closed) throw closed();
    const { signal } = this.#options;
    signal?.throwIfAborted();
    this.#mode = mode;
    this.#began = requestBegins();
    this.#transport.startDump(this.#transaction);
    if (signal === undefined || this.#transaction.settled) return;
    this.#release = this.#transport.limit(this.#transaction, this.#transaction.request.name, {
      signal,
      timeout: Infinity,
    });
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
    return {
      get wantsItems() {
        return wantsMore();
      },
      onProgress: () => {
        const { settled, items } = this.#transaction;
        if (settled) this.#ended();
        const wait = this.#wait;
        if (wait === undefined) return;
        wait.timer?.refresh();
        if (!settled && (this.#mode === 'array' || items.length === 0)) return;
        clearTimeout(wait.timer);
        this.#wait = undefined;
        wait.resolve();
      },
      onRestart: () => {
        if (this.#mode === 'array' || !this.#delivered) return true;
        this.#restarted = this.#options.onRestart !== undefined;
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

/** Gives the items of batches one by one, without an async function's cost for each. */
class ItemIterator<Item> implements AsyncIterableIterator<Item> {
  readonly #batches: AsyncIterator<Item[]>;
  #batch: Item[] = [];
  #index = 0;

  constructor(batches: AsyncIterator<Item[]>) {
    this.#batches = batches;
  }

  next(): Promise<IteratorResult<Item>> {
    if (this.#index < this.#batch.length) {
      return Promise.resolve({ done: false, value: this.#batch[this.#index++] as Item });
    }
    return this.#nextBatch();
  }

  async return(): Promise<IteratorResult<Item>> {
    this.#batch = [];
    await this.#batches.return?.();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #nextBatch(): Promise<IteratorResult<Item>> {
    const result = await this.#batches.next();
    if (result.done === true) return { done: true, value: undefined };
    this.#batch = result.value;
    this.#index = 1;
    return { done: false, value: this.#batch[0] as Item };
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
  // The acknowledgement is for kernels that know no dump of this type, and answer as to a plain request.
  writer.messageStart(type, flags | NLM_F_REQUEST | NLM_F_ACK | NLM_F_DUMP);
  operation.encode(writer, input);
  writer.messageEnd();
  return writer.finish();
}
