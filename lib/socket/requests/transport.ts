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
import { onAbort } from '../abort.js';
import { MILLISECONDS_PER_RUN, nextTurn, type TurnListener } from '../turn-budget.js';
import type { CallOptions } from './call-options.js';
import { HalvedTimer, LONGEST_TIMER } from './halved-timer.js';
import { Writers } from './writers.js';

export interface TransportOptions {
  readonly sequences: SequenceTable;
  /** Whether replies may carry any port id: those of processes. */
  readonly anyPort: boolean;
  /** SO_RCVBUF, in bytes. */
  readonly receiveBufferSize: number;
}

/** Waits until there is room for answers. */
export interface RoomListener {
  onRoom(): void;
}

/** Bytes of receive buffer per reply, the kernel's overhead included, until larger replies are seen. */
const SMALLEST_CHARGE = 4352;
/** What the largest datagram of a dump takes up in the receive buffer, the kernel's overhead included. */
const DUMP_DATAGRAM_CHARGE = 36 * 1024;
/** The longest silence, in milliseconds, after which an abandoned dump counts as ended although its end did not come. */
const LONGEST_DRAIN_SILENCE = 1000;

const DATAGRAMS_PER_RECEIVE = 16;
/** On the event loop, where the kernel makes a dump's datagrams, of up to 32 KiB each, inside the call. */
const DATAGRAMS_PER_STEP = 1;
/** After this many runs of {@link MILLISECONDS_PER_RUN}, a dump is large enough to be worth a thread. */
const RUNS_BEFORE_READ_AHEAD = 4;
/** How many receives look for an answer that may be queued after datagrams of a dump. The event loop brings it otherwise. */
const RECEIVES_PER_ANSWER = 32;

/**
 * Moves datagrams between a port and the engine. The kernel answers inside the call that sends, so most transactions are
 * settled when {@link send} returns; for the others the port is watched.
 */
export class Transport implements PortReader, TurnListener, EngineObserver<DatagramBatch> {
  readonly engine: TransactionEngine<DatagramBatch>;
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
  /** SO_RCVBUF, in bytes. */
  receiveBufferSize: number;
  /** The abandoned dump whose end is awaited, and for how long. */
  #drain: { readonly dump: DumpTransaction<unknown>; readonly timer: NodeJS.Timeout } | undefined;
  readonly #roomListeners = new Set<RoomListener>();

  constructor(readers: PortReaders, receiver: MessageReceiver, options: TransportOptions) {
    this.port = readers.port;
    this.#readers = readers;
    this.#receiver = receiver;
    this.receiveBufferSize = options.receiveBufferSize;
    this.engine = new TransactionEngine<DatagramBatch>(this.port.portId, this, options);
    readers.addFirst(this);
    receiver.shareWith(this.take);
  }

  get wantsInput(): boolean {
    const { engine } = this;
    return engine.waiting > 0 || this.#wantsDump || this.#dropsAnswers;
  }

  get waits(): boolean {
    return this.engine.hasQueuedDumps || this.#roomListeners.size > 0;
  }

  /** A dump whose reader pauses is received into memory, up to a limit, while something else waits for its end. */
  get #wantsDump(): boolean {
    const { runningDump } = this.engine;
    if (runningDump === undefined) return false;
    return this.waits ? runningDump.acceptsInput : runningDump.wantsInput;
  }

  /**
   * Bytes of receive buffer that are left for answers: without those that the awaited answers need, and without the half that
   * the kernel fills with datagrams of a running dump, to which it adds one more.
   */
  get freeBytes(): number {
    const { engine, receiveBufferSize } = this;
    const dump = engine.runningDump === undefined ? 0 : receiveBufferSize / 2 + DUMP_DATAGRAM_CHARGE;
    return receiveBufferSize - dump - engine.awaitedAnswers * this.replyCharge;
  }

  /** How many answers can be asked for now, so that the kernel drops none. */
  get answersThatFit(): number {
    const { freeBytes, engine } = this;
    // The kernel drops a datagram if the buffer is overfull before it comes: one always fits into an empty buffer.
    const isIdle = engine.awaitedAnswers === 0 && engine.runningDump === undefined;
    if (freeBytes < 0) return isIdle ? 1 : 0;
    return Math.max(1, Math.floor(freeBytes / this.replyCharge));
  }

  /** Calls `listener.onRoom()` once when there is room for an answer again, or the socket is closed. */
  whenRoom(listener: RoomListener): void {
    this.#roomListeners.add(listener);
    this.#readers.updateWatch();
  }

  /** A promise of room for an answer, also resolved on time-out or abort; undefined if there is room now. */
  awaitRoom({ signal, timeout = this.timeout }: CallOptions): Promise<void> | undefined {
    if (this.answersThatFit > 0) return undefined;
    return new Promise((resolve) => {
      const onRoom = () => {
        this.#roomListeners.delete(listener);
        release();
        timer.clear();
        resolve();
      };
      const listener = { onRoom };
      const release = onAbort(signal, onRoom);
      const timer = this.halvedTimer(timeout, onRoom);
      this.whenRoom(listener);
    });
  }

  /** Receives, without waiting, until an answer has room: for calls that block. */
  makeRoomNow(): void {
    while (this.answersThatFit < 1 && this.#receive(DATAGRAMS_PER_RECEIVE)) this.#sendDumps();
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
    const { engine, port } = this;
    if (batch.overruns > 0) {
      engine.overrun();
      overrunHappened(port.portId);
    }
    if (batch.error !== 0) this.#failDump(batch.error);
    for (let index = 0; index < batch.count && !port.closed; index++) {
      const view = this.#viewOf(batch.bytes(index));
      const start = batch.offset(index);
      const length = batch.length(index);
      const { runningDump } = engine;
      const received = runningDump?.received;
      engine.receive(view, start, start + length, batch.group(index), batch, index);
      if (runningDump?.received === received) this.noteReply(length);
    }
    this.#dropsAnswers = port.congested;
    if (batch.overruns > 0) {
      if (!this.#dropsAnswers) engine.drained();
      this.#receiver.takeOverruns(batch.overruns);
    }
    // A receive of another reader may have brought what these wait for.
    if (this.waits || engine.runningDump?.settled === true) nextTurn(this);
  };

  onUnclaimed(view: WireView, at: number, end: number, batch: DatagramBatch, index: number): void {
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
    while (this.port.congested && this.engine.runningDump === undefined) {
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
    for (const transaction of transactions) this.engine.send(transaction);
    try {
      if (this.port.offload !== undefined) {
        this.#submit(transactions, buffer, offset, length);
        return;
      }
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
    try {
      this.#block(transaction, operation, options.timeout ?? this.timeout);
    } catch (error) {
      if (!transaction.settled) this.abandon(transaction, error);
      throw error;
    }
    this.#progress();
  }

  #block(transaction: Transaction, operation: string, limit: number): void {
    const { engine, port } = this;
    let deadline = performance.now() + limit;
    let received = 0;
    while (!transaction.settled) {
      const any = this.#receive(DATAGRAMS_PER_RECEIVE);
      if (any) this.#sendDumps();
      const { runningDump } = engine;
      if (runningDump === transaction && runningDump.received !== received) {
        // A dump fails after silence: each of its datagrams shows that it goes on.
        received = runningDump.received;
        deadline = performance.now() + limit;
      }
      const left = deadline - performance.now();
      const drains = runningDump?.settled === true;
      if (left <= 0) this.abandon(transaction, timedOut(limit, operation));
      if (any || left <= 0) continue;
      const wait = drains ? Math.min(left, this.#drainSilence) : left;
      if (port.wait(wait > LONGEST_TIMER ? -1 : Math.ceil(wait))) continue;
      if (drains) {
        engine.forgetDump();
        this.#sendDumps();
      } else this.abandon(transaction, timedOut(limit, operation));
    }
  }

  /** Ends a transaction from this side. */
  abandon(transaction: Transaction, error: unknown): void {
    this.engine.abandon(transaction, error);
    this.#limitDrain();
    this.#readers.updateWatch();
  }

  /** Ends a transaction on timeout or abort. Returns a function to call when it is settled. */
  limit(transaction: Transaction, operation: string, options: CallOptions): () => void {
    const { signal, timeout = this.timeout } = options;
    const release = onAbort(signal, () => this.abandon(transaction, signal?.reason));
    const timer = this.#timer(timeout, () => this.abandon(transaction, timedOut(timeout, operation)));
    return () => {
      release();
      clearTimeout(timer);
    };
  }

  /** {@link limit} for a request that waits until there is room for its answer. */
  limitHeld(transaction: Transaction, operation: string, options: CallOptions): () => void {
    const { signal, timeout = this.timeout } = options;
    const release = onAbort(signal, () => this.abandon(transaction, signal?.reason));
    const timer = this.halvedTimer(timeout, () => this.abandon(transaction, timedOut(timeout, operation)));
    return () => {
      release();
      timer.clear();
    };
  }

  /** Ends a dump after `timeout` milliseconds without a datagram of it. The time in the queue counts too. */
  limitSilence(dump: DumpTransaction<unknown>, timeout: number): HalvedTimer {
    return this.halvedTimer(timeout, () => this.abandon(dump, timedOut(timeout, dump.request.name)));
  }

  /** A time-out. At half of it, the running dump ends if its reader has paused all the time, since others wait for it. */
  halvedTimer(timeout: number, onEnd: () => void): HalvedTimer {
    const { runningDump } = this.engine;
    const reads = runningDump?.reads;
    const onHalf = () => {
      if (!this.waits || runningDump?.paused !== true || runningDump.reads !== reads) return;
      if (this.engine.runningDump === runningDump)
        this.abandon(runningDump, unread(runningDump.request.name));
    };
    return new HalvedTimer(timeout, onHalf, onEnd);
  }

  /** Receives datagrams when they come. */
  awaitInput(): void {
    this.#readers.updateWatch();
  }

  onTurn(): void {
    if (!this.port.closed) this.#progress();
  }

  onClosed(): void {
    clearTimeout(this.#drain?.timer);
    this.engine.close(closed());
    for (const listener of [...this.#roomListeners]) listener.onRoom();
    this.#roomListeners.clear();
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
    // A report of an overrun, or datagrams of foreign ports, may come alone, with more after them.
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
    this.#limitDrain();
    this.#giveRoom();
    this.#readers.updateWatch();
  }

  #giveRoom(): void {
    if (this.#roomListeners.size === 0 || this.port.closed || this.answersThatFit < 1) return;
    const listeners = [...this.#roomListeners];
    this.#roomListeners.clear();
    for (const listener of listeners) listener.onRoom();
  }

  get #drainSilence(): number {
    return Math.min(LONGEST_DRAIN_SILENCE, this.timeout / 4);
  }

  /**
   * An abandoned or failed dump runs on in the kernel, and the next one waits for its end. That may never come: its bytes may
   * have been in a broken datagram. After a silence, or after the socket's time-out, the next dump is sent all the same.
   */
  #limitDrain(): void {
    const dump = this.engine.runningDump;
    if (this.#drain?.dump === dump) return;
    clearTimeout(this.#drain?.timer);
    this.#drain = undefined;
    if (dump?.settled !== true || this.port.closed) return;
    const end = performance.now() + this.timeout;
    let { received } = dump;
    const timer = setTimeout(() => {
      const goesOn = dump.received !== received && performance.now() < end;
      received = dump.received;
      if (goesOn) timer.refresh();
      else this.#forget(dump);
    }, this.#drainSilence).unref();
    this.#drain = { dump, timer };
  }

  #sendDumps(): void {
    const end = performance.now() + MILLISECONDS_PER_RUN;
    for (let dump = this.engine.takeDump(); dump !== undefined; dump = this.engine.takeDump()) {
      const { buffer, byteOffset, byteLength } = dump.bytes;
      try {
        if (this.port.offload !== undefined) {
          this.#submit([dump], buffer, byteOffset, byteLength);
          return;
        }
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

function unread(operation: string): NetlinkError {
  return new NetlinkError(
    `${operation}: the dump was not read for too long while other calls waited for its end. Read dumps without pauses, ` +
      'leave the loop, or use another socket',
    { code: 'ERR_NETLINK_TIMEOUT', operation },
  );
}

function timedOut(milliseconds: number, operation: string): NetlinkError {
  return new NetlinkError(`${operation}: no answer came within ${milliseconds} ms`, {
    code: 'ERR_NETLINK_TIMEOUT',
    operation,
  });
}
