import { closed, NetlinkError, systemError } from '../../errors.js';
import { type DatagramBatch, SLOT_COUNT } from '../../native/receive-ring.js';
import { WireView } from '../../wire/view.js';
import { overrunHappened } from '../diagnostics.js';
import type { DumpTransaction } from '../engine/dump-transaction.js';
import { type EngineObserver, TransactionEngine } from '../engine/engine.js';
import type { SequenceTable } from '../engine/sequence-table.js';
import type { Transaction } from '../engine/transaction.js';
import type { MessageReceiver } from '../messages/message-receiver.js';
import type { DatagramPort } from '../port/datagram-port.js';
import type { PortReader, PortReaders } from '../port/port-readers.js';
import { MILLISECONDS_PER_RUN, nextTurn, type TurnListener } from '../turn-budget.js';
import type { CallOptions } from './call-options.js';
import { Writers } from './writers.js';

export interface TransportOptions {
  readonly sequences: SequenceTable;
  /** Whether replies may carry any port id: those of processes. */
  readonly anyPort: boolean;
}

/** The datagram that a message came in. */
interface Origin {
  readonly batch: DatagramBatch;
  readonly index: number;
}

/** Bytes of receive buffer per reply, the kernel's overhead included, until larger replies are seen. */
const SMALLEST_CHARGE = 4352;

const DATAGRAMS_PER_RECEIVE = 16;
/** On the event loop, where the kernel makes a dump's datagrams, of up to 32 KiB each, inside the call. */
const DATAGRAMS_PER_STEP = 1;
/** After this many runs of {@link MILLISECONDS_PER_RUN}, a dump is large enough to be worth a thread. */
const RUNS_BEFORE_READ_AHEAD = 4;
/** How many receives look for an answer that may be queued after datagrams of a dump. The event loop brings it otherwise. */
const RECEIVES_PER_ANSWER = 32;
/** The longest time that setTimeout and poll(2) accept, in milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * Moves datagrams between a port and the engine. The kernel answers inside the call that sends, so most transactions are
 * settled when {@link send} returns; for the others the port is watched.
 */
export class Transport implements PortReader, TurnListener, EngineObserver<Origin> {
  readonly engine: TransactionEngine<Origin>;
  /** The default timeout of calls, in milliseconds. */
  timeout = 5000;
  /** The longest datagram so far that is not part of a dump. */
  #largestReply = 0;
  readonly port: DatagramPort;
  readonly writers = new Writers();
  readonly #readers: PortReaders;
  /** Takes what answers no request. */
  readonly #receiver: MessageReceiver;
  /** After an overrun, the kernel drops answers too until the queue is empty; a request without one then never gets it. */
  #dropsAnswers = false;
  #bytes: Uint8Array = new Uint8Array();
  #view = new WireView(this.#bytes);
  /** Datagrams are being passed to the engine, whose callbacks may send. */
  #taking = false;

  constructor(readers: PortReaders, receiver: MessageReceiver, options: TransportOptions) {
    this.port = readers.port;
    this.#readers = readers;
    this.#receiver = receiver;
    this.engine = new TransactionEngine<Origin>(this.port.portId, this, options);
    readers.addFirst(this);
    receiver.shareWith(this.take);
  }

  get wantsInput(): boolean {
    const { engine } = this;
    return engine.waiting > 0 || engine.runningDump?.wantsInput === true || this.#dropsAnswers;
  }

  /** Whether, apart from answers, nothing is queued or will be: no dump runs, and no overrun is being drained. */
  get expectsOnlyAnswers(): boolean {
    return !this.#dropsAnswers && this.engine.runningDump === undefined;
  }

  /** Remembers the length of a reply that was received without {@link take}. */
  noteReply(length: number): void {
    if (length > this.#largestReply) this.#largestReply = length;
  }

  /** Bytes of receive buffer that a reply may need, judging by earlier ones. */
  get replyCharge(): number {
    return Math.max(SMALLEST_CHARGE, 2 * this.#largestReply);
  }

  /** Passes received datagrams to the engine. */
  readonly take = (batch: DatagramBatch): void => {
    if (batch.overruns > 0) {
      this.engine.overrun();
      overrunHappened(this.port.portId);
    }
    if (batch.error !== 0) this.#failDump(batch.error);
    this.#taking = true;
    for (let index = 0; index < batch.count; index++) {
      const view = this.#viewOf(batch.bytes(index));
      const start = batch.offset(index);
      const length = batch.length(index);
      if (this.engine.runningDump === undefined) this.noteReply(length);
      this.engine.receive(view, start, start + length, batch.group(index), { batch, index });
    }
    this.#taking = false;
    this.#dropsAnswers = this.port.congested;
    if (batch.overruns > 0) {
      if (!this.#dropsAnswers) this.engine.drained();
      this.#receiver.takeOverruns(batch.overruns);
    }
  };

  onUnclaimed(view: WireView, at: number, end: number, { batch, index }: Origin): void {
    this.#receiver.takeUnclaimed(view, at, end, batch, index);
  }

  /** A view of received bytes, which are nearly always in the same memory. */
  #viewOf(bytes: Uint8Array): WireView {
    if (this.#bytes !== bytes) {
      this.#bytes = bytes;
      this.#view = new WireView(bytes);
    }
    return this.#view;
  }

  /**
   * After an overrun, receives everything that is queued before the next send, since the kernel would drop the answer. Not
   * while a dump runs: each receive makes the kernel queue more of it.
   */
  makeRoom(): void {
    let received = false;
    while (this.port.congested && this.engine.runningDump === undefined && !this.#taking) {
      received = true;
      if (!this.#receive(DATAGRAMS_PER_RECEIVE)) break;
    }
    if (received) this.#readers.updateWatch();
  }

  /** Continues with a request that was sent without {@link send} and whose answer may still be queued. */
  receiveAnswer(transaction: Transaction): void {
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

  /** Like {@link send}, off the event loop: the answers come later, with an event. */
  #submit(transactions: readonly Transaction[], buffer: ArrayBuffer, offset: number, length: number): void {
    this.port.offload?.submit(buffer, offset, length, undefined, (error) => {
      if (error === undefined || this.port.closed) return;
      for (const transaction of transactions) {
        this.engine.abandon(transaction, error);
        if (this.engine.runningDump === transaction) this.engine.forgetDump();
      }
      this.#progress();
    });
    this.#readers.updateWatch();
  }

  /** Receiving failed. This is how the kernel reports that it cannot continue a dump, which then has no end. */
  #failDump(errno: number): void {
    const { runningDump } = this.engine;
    if (runningDump === undefined) return;
    this.engine.abandon(
      runningDump,
      systemError('recvmsg', errno, `${runningDump.request.name} cannot go on`),
    );
    this.engine.forgetDump();
  }

  /** Queues a dump; it may be settled when this returns. */
  startDump(dump: DumpTransaction<unknown>): void {
    this.engine.enqueueDump(dump);
    this.#progress();
  }

  onReadable(): void {
    this.#receiveUntil(performance.now() + MILLISECONDS_PER_RUN);
    if (this.engine.runningDump !== undefined) this.#readAhead(this.engine.runningDump);
    this.#progress();
  }

  /** Moves a dump that takes long to a thread: the kernel makes its datagrams there, without blocking the event loop. */
  #readAhead(dump: DumpTransaction<unknown>): void {
    dump.runs += 1;
    if (dump.runs > RUNS_BEFORE_READ_AHEAD && !this.port.pending) this.port.readAhead();
  }

  /** Blocks the thread until a transaction that was sent or queued is settled. */
  block(transaction: Transaction, operation: string, options: CallOptions): void {
    if (this.port.offload !== undefined) this.port.wait(0);
    const limit = options.timeout ?? this.timeout;
    let deadline = performance.now() + limit;
    try {
      while (!transaction.settled) {
        if (this.#receive(DATAGRAMS_PER_RECEIVE)) {
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
      // The socket cannot wait, so nothing will look for the answer.
      this.abandon(transaction, error);
    }
    this.#progress();
  }

  /** Ends a transaction from this side. */
  abandon(transaction: Transaction, error: unknown): void {
    const { engine } = this;
    engine.abandon(transaction, error);
    if (engine.runningDump === transaction) {
      // If its end never comes, it must not block the next dump forever.
      this.#timer(this.timeout, () => this.#forget(transaction));
    }
    this.#readers.updateWatch();
  }

  /** Ends a transaction on timeout or abort. Returns a function to call when it is settled. */
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

  /** Ends a dump after `timeout` milliseconds of silence, not counting the time in the queue. */
  limitSilence(dump: DumpTransaction<unknown>, timeout: number): NodeJS.Timeout | undefined {
    const timer = this.#timer(timeout, () => {
      if (this.engine.runningDump === dump) this.abandon(dump, timedOut(timeout, dump.request.name));
      else timer?.refresh();
    });
    return timer;
  }

  /** Receives datagrams when they come. */
  awaitInput(): void {
    this.#readers.updateWatch();
  }

  onTurn(): void {
    if (!this.port.closed) this.#progress();
  }

  onClosed(): void {
    this.engine.close(closed());
  }

  /** Unreferenced: the watched port keeps the process alive, where that is wanted. */
  #timer(milliseconds: number, onTimeout: () => void): NodeJS.Timeout | undefined {
    return milliseconds > LONGEST_TIMER ? undefined : setTimeout(onTimeout, milliseconds).unref();
  }

  /** Receives once; false when the queue is empty. */
  #receive(wanted: number): boolean {
    const { port } = this;
    if (port.closed) return false;
    const { overruns, foreignDatagrams } = port;
    if (port.receive(wanted, this.take) > 0) return true;
    // A report of an overrun, or datagrams of foreign ports, may come alone with more behind them.
    if (port.overruns !== overruns || port.foreignDatagrams !== foreignDatagrams) return true;
    if (port.pending) return false;
    this.#dropsAnswers = false;
    this.engine.drained();
    return false;
  }

  /** Receives until a transaction is settled or the queue is empty; after an overrun, until the queue is empty. */
  #receiveAnswers(transaction: Transaction): void {
    // One at a time while a dump runs: each receive makes the kernel queue more of it.
    const wanted = this.engine.runningDump === undefined ? DATAGRAMS_PER_RECEIVE : 1;
    for (let receives = 0; receives < RECEIVES_PER_ANSWER; receives++) {
      if ((transaction.settled && !this.#dropsAnswers) || !this.#receive(wanted)) return;
    }
  }

  #receiveUntil(end: number): void {
    do {
      if (!this.#receive(DATAGRAMS_PER_STEP)) return;
    } while (this.wantsInput && performance.now() < end);
  }

  /** After datagrams came: notifies consumers, sends the next dump. */
  #progress(): void {
    this.engine.runningDump?.progress();
    this.#sendDumps();
    this.#readers.updateWatch();
  }

  #sendDumps(): void {
    const end = performance.now() + MILLISECONDS_PER_RUN;
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

/** How many datagrams to expect: an answer each, unless something goes wrong. */
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
