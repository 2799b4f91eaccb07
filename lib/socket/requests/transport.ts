import { closed, NetlinkError, systemError } from '../../errors.js';
import { type DatagramBatch, SLOT_COUNT } from '../../native/receive-ring.js';
import type { ExtendedAck } from '../../wire/extended-ack.js';
import { WireView } from '../../wire/view.js';
import type { DatagramPort } from '../port/datagram-port.js';
import { overrunHappened } from '../diagnostics.js';
import type { DumpTransaction } from '../engine/dump-transaction.js';
import { type EngineObserver, TransactionEngine } from '../engine/engine.js';
import type { Transaction } from '../engine/transaction.js';
import { type Deferred, MILLISECONDS_A_RUN, nextTurn } from '../turn-budget.js';
import { Writers } from './writers.js';

/** What every call that waits for an answer takes. */
export interface CallOptions {
  /** Ends the wait: the promise is rejected with the signal's reason. What was sent takes effect all the same. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds to wait for the answer, `Infinity` for no limit. Default: the socket's `requestTimeout`. */
  readonly timeout?: number | undefined;
  /** Called with what the kernel says beside success, before the promise is resolved: a warning, or a cookie. */
  readonly onWarning?: ((extack: ExtendedAck) => void) | undefined;
}

/** The socket that a transport is part of. */
export interface TransportOwner extends EngineObserver {
  /** Whether the transport {@link Transport.wantsInput wants input} may have changed. */
  onWaitingChanged(): void;
  /** The kernel has dropped messages, so often since it said so last; which may have answered nothing that was asked. */
  onOverruns(count: number): void;
}

export interface TransportOptions {
  readonly firstSequence: number;
  /** Whether replies may carry any port id: those of processes. */
  readonly anyPort: boolean;
}

/** What a reply takes up in the receive buffer, the kernel's overhead included, until larger ones are seen. */
const SMALLEST_CHARGE = 4352;
/** Datagrams that one receive asks for. */
const DATAGRAMS_A_RECEIVE = 16;
/** The same while the event loop waits: the kernel makes a dump's datagrams inside the call, of up to 32 KiB each. */
const DATAGRAMS_A_STEP = 1;
/** After so many runs of {@link MILLISECONDS_A_RUN}, a dump is large enough to be worth a thread. */
const RUNS_ON_THE_LOOP = 4;
/** Receives in search of an answer that datagrams of a dump may stand before; the event loop brings what is not found then. */
const RECEIVES_FOR_AN_ANSWER = 32;
/** The longest time that setTimeout and poll(2) take, in milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * Moves datagrams between a port and the engine. The kernel answers inside the call that sends, so most transactions
 * are settled when {@link send} returns; for the others the socket is watched.
 */
export class Transport implements Deferred {
  readonly engine: TransactionEngine;
  /** Milliseconds that a call waits for its answer unless it says otherwise. */
  timeout = 5000;
  /** The longest datagram so far that belongs to no dump. */
  largestReply = 0;
  readonly port: DatagramPort;
  readonly writers = new Writers();
  readonly #owner: TransportOwner;
  /** After an overrun, the kernel drops even answers until nothing is queued; then whoever has none gets none. */
  #dropsAnswers = false;
  #bytes: Uint8Array = new Uint8Array();
  #view = new WireView(this.#bytes);
  #batch: DatagramBatch | undefined;
  #batchIndex = 0;

  constructor(port: DatagramPort, owner: TransportOwner, options: TransportOptions) {
    this.port = port;
    this.#owner = owner;
    this.engine = new TransactionEngine(port.portId, owner, options);
  }

  /** Whether datagrams are to be received when they come. */
  get wantsInput(): boolean {
    const { engine } = this;
    return engine.waiting > 0 || engine.runningDump?.wantsInput === true || this.#dropsAnswers;
  }

  /** What a reply may take up in the receive buffer, as far as is known. */
  get replyCharge(): number {
    return Math.max(SMALLEST_CHARGE, 2 * this.largestReply);
  }

  /** The datagram that a message came in, while the engine gives it to its observer. */
  get current(): { readonly batch: DatagramBatch; readonly index: number } | undefined {
    return this.#batch === undefined ? undefined : { batch: this.#batch, index: this.#batchIndex };
  }

  /** Takes received datagrams in. */
  readonly take = (batch: DatagramBatch): void => {
    if (batch.overruns > 0) {
      this.engine.overrun();
      overrunHappened(this.port.portId);
    }
    if (batch.error !== 0) this.#fail(batch.error);
    for (let index = 0; index < batch.count; index++) {
      const view = this.view(batch.bytes(index));
      const start = batch.offset(index);
      const length = batch.length(index);
      if (length > this.largestReply && this.engine.runningDump === undefined) this.largestReply = length;
      this.#batch = batch;
      this.#batchIndex = index;
      this.engine.receive(view, start, start + length, batch.group(index));
    }
    this.#batch = undefined;
    this.#dropsAnswers = this.port.congested;
    if (batch.overruns > 0) {
      if (!this.#dropsAnswers) this.engine.drained();
      this.#owner.onOverruns(batch.overruns);
    }
  };

  /** A view of received bytes: nearly always of the same memory. */
  view(bytes: Uint8Array): WireView {
    if (this.#bytes !== bytes) {
      this.#bytes = bytes;
      this.#view = new WireView(bytes);
    }
    return this.#view;
  }

  /**
   * Before something is sent: receives, after an overrun, all that is queued, since the kernel drops the answer otherwise.
   * While a dump runs, it would only queue more of that.
   */
  makeRoom(): void {
    let received = false;
    while (this.port.congested && this.engine.runningDump === undefined && this.#batch === undefined) {
      received = true;
      if (!this.#receive(DATAGRAMS_A_RECEIVE)) break;
    }
    if (received) this.#owner.onWaitingChanged();
  }

  /** Whether what is queued next can only be the answer to what is sent next. */
  get quiet(): boolean {
    return !this.#dropsAnswers && this.engine.runningDump === undefined && this.port.offload === undefined;
  }

  /** Goes on with a request that was sent alone, past {@link send}, and whose answer may still be queued. */
  receiveAnswerOf(transaction: Transaction): void {
    if (!transaction.settled || this.#dropsAnswers) this.#receiveAnswers(transaction);
    this.#progress();
  }

  /** Sends prepared messages in one datagram, and receives what is answered at once. */
  send(transactions: readonly Transaction[], buffer: ArrayBuffer, offset: number, length: number): void {
    if (this.port.offload !== undefined) {
      this.#submit(transactions, buffer, offset, length);
      return;
    }
    try {
      this.port.exchange(buffer, offset, length, countAnswers(transactions), this.take);
    } catch (error) {
      for (const transaction of transactions) this.engine.abandon(transaction, error);
    }
    for (const transaction of transactions) {
      if (!transaction.settled || this.#dropsAnswers) this.#receiveAnswers(transaction);
    }
    this.#progress();
  }

  /** As {@link send}, off the event loop: the answers are waited for like any that do not come at once. */
  #submit(transactions: readonly Transaction[], buffer: ArrayBuffer, offset: number, length: number): void {
    this.port.offload?.submit(buffer, offset, length, undefined, (error) => {
      if (error === undefined || this.port.closed) return;
      for (const transaction of transactions) {
        this.engine.abandon(transaction, error);
        if (this.engine.runningDump === transaction) this.engine.forgetDump();
      }
      this.#progress();
    });
    this.#owner.onWaitingChanged();
  }

  /** Receiving failed. The kernel reports so what kept it from going on with a dump, which then has no end. */
  #fail(errno: number): void {
    const { runningDump } = this.engine;
    if (runningDump === undefined) return;
    this.engine.abandon(
      runningDump,
      systemError('recvmsg', errno, `${runningDump.request.name} cannot go on`),
    );
    this.engine.forgetDump();
  }

  /** Puts a dump into the queue; it may be over when this returns. */
  startDump(dump: DumpTransaction<unknown>): void {
    this.engine.enqueueDump(dump);
    this.#progress();
  }

  /** Receives as long as somebody wants it and the event loop can wait. */
  receiveForAWhile(): void {
    this.#receiveUntil(performance.now() + MILLISECONDS_A_RUN);
    if (this.engine.runningDump !== undefined) this.#readAhead(this.engine.runningDump);
    this.#progress();
  }

  /** A dump that takes long is received on a thread from now on: the kernel makes it meanwhile, and holds nobody up. */
  #readAhead(dump: DumpTransaction<unknown>): void {
    dump.runs += 1;
    if (dump.runs > RUNS_ON_THE_LOOP && !this.port.pending) this.port.readAhead();
  }

  /** Blocks the thread until a transaction that was sent, or waits for its turn, is settled. */
  block(transaction: Transaction, operation: string, options: CallOptions): void {
    if (this.port.offload !== undefined) this.port.wait(0);
    const limit = options.timeout ?? this.timeout;
    let deadline = performance.now() + limit;
    try {
      while (!transaction.settled) {
        if (this.#receive(DATAGRAMS_A_RECEIVE)) {
          this.#sendDumps();
          deadline = performance.now() + limit;
          continue;
        }
        const left = deadline - performance.now();
        const more = left > 0 && this.port.wait(left > LONGEST_TIMER ? -1 : Math.ceil(left));
        if (!more) this.abandon(transaction, timedOut(limit, operation));
      }
    } catch (error) {
      if (transaction.settled) throw error;
      // The socket cannot wait: nothing that came later would be looked for.
      this.abandon(transaction, error);
    }
    this.#progress();
  }

  /** Ends a transaction from this side. */
  abandon(transaction: Transaction, error: unknown): void {
    const { engine } = this;
    engine.abandon(transaction, error);
    if (engine.runningDump === transaction) {
      // Should its end never come, it must not hold up the next for ever.
      this.#timer(this.timeout, () => this.#forget(transaction));
    }
    this.#owner.onWaitingChanged();
  }

  /** Ends a transaction when the time is over or the signal says so. Returns what must be called when it is settled. */
  limit(transaction: Transaction, operation: string, options: CallOptions): () => void {
    const { signal, timeout = this.timeout } = options;
    const onAbort = () => this.abandon(transaction, signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    const timer = this.#timer(timeout, () => this.abandon(transaction, timedOut(timeout, operation)));
    return () => {
      signal?.removeEventListener('abort', onAbort);
      clearTimeout(timer);
    };
  }

  /** Ends a dump after so many milliseconds of silence; the time that it waits for its turn does not count. */
  limitSilence(dump: DumpTransaction<unknown>, timeout: number): NodeJS.Timeout | undefined {
    const timer = this.#timer(timeout, () => {
      if (this.engine.runningDump === dump) this.abandon(dump, timedOut(timeout, dump.request.name));
      else timer?.refresh();
    });
    return timer;
  }

  /** Sees to it that datagrams are received when they come. */
  awaitInput(): void {
    this.#owner.onWaitingChanged();
  }

  onTurn(): void {
    if (!this.port.closed) this.#progress();
  }

  close(): void {
    this.engine.close(closed());
  }

  /** Unreferenced, since it is watching that keeps the process alive, or does not. */
  #timer(milliseconds: number, onTimeout: () => void): NodeJS.Timeout | undefined {
    return milliseconds > LONGEST_TIMER ? undefined : setTimeout(onTimeout, milliseconds).unref();
  }

  /** Receives once; false when nothing is queued any more. */
  #receive(wanted: number): boolean {
    const { port } = this;
    if (port.closed) return false;
    const { overruns, foreignDatagrams } = port;
    if (port.receive(wanted, this.take) > 0) return true;
    // What came alone may have more behind it: word of an overrun, or datagrams that were not for us.
    if (port.overruns !== overruns || port.foreignDatagrams !== foreignDatagrams) return true;
    if (port.pending) return false;
    this.#dropsAnswers = false;
    this.engine.drained();
    return false;
  }

  /** Receives until a transaction is settled, or nothing more is queued; after an overrun always the latter. */
  #receiveAnswers(transaction: Transaction): void {
    // One at a time while a dump runs: each receive makes the kernel queue more of it.
    const wanted = this.engine.runningDump === undefined ? DATAGRAMS_A_RECEIVE : 1;
    for (let receives = 0; receives < RECEIVES_FOR_AN_ANSWER; receives++) {
      if ((transaction.settled && !this.#dropsAnswers) || !this.#receive(wanted)) return;
    }
  }

  #receiveUntil(end: number): void {
    do {
      if (!this.#receive(DATAGRAMS_A_STEP)) return;
    } while (this.wantsInput && performance.now() < end);
  }

  /** What is due after datagrams came: consumers are told, the next dump is sent. */
  #progress(): void {
    this.engine.runningDump?.progress();
    this.#sendDumps();
    this.#owner.onWaitingChanged();
  }

  #sendDumps(): void {
    const end = performance.now() + MILLISECONDS_A_RUN;
    for (let dump = this.engine.takeDump(); dump !== undefined; dump = this.engine.takeDump()) {
      const { buffer, byteOffset, byteLength } = dump.bytes;
      if (this.port.offload !== undefined) {
        this.#submit([dump], buffer, byteOffset, byteLength);
        return;
      }
      try {
        this.port.exchange(buffer, byteOffset, byteLength, 2, this.take);
        if (!dump.settled && dump.wantsInput) this.#receiveUntil(end);
      } catch (error) {
        this.engine.abandon(dump, error);
        this.engine.forgetDump();
      }
      dump.progress();
      if (performance.now() > end) {
        nextTurn(this);
        return;
      }
    }
  }

  #forget(dump: Transaction): void {
    if (this.port.closed || this.engine.runningDump !== dump) return;
    this.engine.forgetDump();
    this.#progress();
  }
}

/** How many datagrams to look for: an answer each, unless something goes wrong. */
function countAnswers(transactions: readonly Transaction[]): number {
  let count = 0;
  for (const { answers } of transactions) count += answers;
  return Math.min(SLOT_COUNT, count);
}

function timedOut(milliseconds: number, operation: string): NetlinkError {
  return new NetlinkError(`${operation}: no answer came within ${milliseconds} ms`, {
    code: 'ERR_NETLINK_TIMEOUT',
    operation,
  });
}
