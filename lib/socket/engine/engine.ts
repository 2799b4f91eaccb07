import { malformed, NetlinkError } from '../../errors.js';
import { align4, LITTLE_ENDIAN_HOST } from '../../wire/byte-order.js';
import {
  NLM_F_DUMP_INTR,
  NLMSG_DONE,
  NLMSG_ERROR,
  NLMSG_HDRLEN,
  NLMSG_MIN_TYPE,
  NLMSG_NOOP,
  NLMSG_OVERRUN,
} from '../../wire/constants.js';
import { acknowledgedErrno } from '../../wire/extended-ack.js';
import {
  messageEnd,
  messageFlags,
  messagePortId,
  messageSequence,
  messageType,
} from '../../wire/messages.js';
import type { WireView } from '../../wire/view.js';
import type { DumpTransaction } from './dump-transaction.js';
import { SequenceTable } from './sequence-table.js';
import type { Transaction } from './transaction.js';

type AnyDump = DumpTransaction<unknown>;

/** How many sequence numbers of abandoned requests are remembered. */
const ABANDONED_LIMIT = 4096;

/** Receives what the engine cannot route to a transaction. */
export interface EngineObserver<Batch> {
  /**
   * A message that answers no request: a notification, or a message that the peer sent on its own. `at` is its header's
   * offset, `batch` and `index` what {@link TransactionEngine.receive} was given with the datagram.
   */
  onUnclaimed(view: WireView, at: number, end: number, batch: Batch, index: number): void;
}

export interface EngineOptions {
  /** The socket's sequence numbers. Default: from 1 on. */
  readonly sequences?: SequenceTable;
  /** Accepts replies whatever port id they carry, as processes write what they like. Default: false. */
  readonly anyPort?: boolean;
}

/**
 * Routes datagrams to the transactions that wait for them. It does no I/O and knows no time: the transport sends what the
 * engine tells it to, and passes in what came and what happened.
 */
export class TransactionEngine<Batch = undefined> {
  /** Number of datagrams with bytes that were not a message. */
  malformedDatagrams = 0;
  /** Number of messages that answer abandoned requests. */
  lateAnswers = 0;
  readonly #portId: number;
  readonly #anyPort: boolean;
  readonly #observer: EngineObserver<Batch>;
  readonly #table: SequenceTable;
  readonly #queuedDumps: AnyDump[] = [];
  #dump: AnyDump | undefined;
  #waiting = 0;
  #awaitedAnswers = 0;
  #lost = false;
  /** What closed it. */
  #closed: { readonly error: unknown } | undefined;
  /** Sequence numbers of abandoned requests, the oldest first. */
  readonly #abandoned = new Set<number>();

  /** Replies carry `portId`, the socket's own, or 0. */
  constructor(
    portId: number,
    observer: EngineObserver<Batch>,
    { sequences = new SequenceTable(), anyPort = false }: EngineOptions = {},
  ) {
    this.#portId = portId;
    this.#observer = observer;
    this.#table = sequences;
    this.#anyPort = anyPort;
  }

  /** How many requests and batches wait for answers. */
  get waiting(): number {
    return this.#waiting;
  }

  /** How many messages will answer the requests and batches that were sent, if all goes well. */
  get awaitedAnswers(): number {
    return this.#awaitedAnswers;
  }

  /** Whether a dump waits for another one to end. */
  get hasQueuedDumps(): boolean {
    return this.#queuedDumps.length > 0;
  }

  /** The dump that the kernel runs for this socket now; an abandoned one stays here until it has ended. */
  get runningDump(): AnyDump | undefined {
    return this.#dump;
  }

  /** Gives a request or a batch its sequence numbers. The caller sends it at once. */
  begin(transaction: Transaction): void {
    if (this.#closed !== undefined) {
      transaction.fail(this.#closed.error);
      return;
    }
    this.#table.add(transaction);
    this.#waiting += 1;
  }

  /** A request or a batch is being sent. */
  send(transaction: Transaction): void {
    if (transaction.sent || transaction.settled) return;
    transaction.sent = true;
    this.#awaitedAnswers += transaction.answers;
  }

  /** Queues a dump: a socket runs one at a time, the kernel answers EBUSY to a second. */
  enqueueDump(dump: AnyDump): void {
    if (this.#closed === undefined) this.#queuedDumps.push(dump);
    else dump.fail(this.#closed.error);
  }

  /** The next dump to send, if one is queued and none is running. */
  takeDump(): AnyDump | undefined {
    if (this.#dump !== undefined) return undefined;
    const dump = this.#queuedDumps.shift();
    if (dump === undefined) return undefined;
    this.#table.add(dump);
    dump.prepare();
    this.#dump = dump;
    return dump;
  }

  /**
   * Routes the messages of a datagram. `group` is the multicast group it was sent to, 0 for unicast: replies are unicast,
   * except for echoes. `batch` and `index` are passed to the observer.
   */
  receive(view: WireView, start: number, end: number, group: number, batch: Batch, index: number): void {
    for (let at = group === 0 ? this.#receiveItems(view, start, end) : start; at < end;) {
      const behind = messageEnd(view, at, end);
      if (behind === undefined) {
        this.#receiveBroken(view, at, end - at, group);
        return;
      }
      this.#route(view, at, behind, group, batch, index);
      at = align4(behind);
    }
  }

  /** The kernel dropped messages for this socket. Which ones is known when the queue is empty: see {@link drained}. */
  overrun(): void {
    this.#lost = true;
  }

  /** The queue is empty. After an overrun, an answer that has not come by now may have been dropped and would never come. */
  drained(): void {
    if (!this.#lost) return;
    this.#lost = false;
    for (const transaction of this.#table.all()) {
      // A dump goes on: the kernel makes its datagrams one by one, when there is room.
      if (transaction === this.#dump && this.#dump.answered) continue;
      this.#remember(transaction);
      this.#end(transaction, overrunError());
    }
  }

  /** Ends a transaction from this side, with `error`. The rest of a running dump is received and dropped. */
  abandon(transaction: Transaction, error: unknown): void {
    if (transaction.settled) return;
    if (transaction === this.#dump) {
      transaction.fail(error);
      return;
    }
    const queued = this.#queuedDumps.findIndex((dump) => dump === transaction);
    if (queued === -1) {
      this.#remember(transaction);
      this.#end(transaction, error);
    } else {
      this.#queuedDumps.splice(queued, 1);
      transaction.fail(error);
    }
  }

  /** Stops waiting for the end of an abandoned dump: its peer has stopped sending. */
  forgetDump(): void {
    if (this.#dump?.settled !== true) return;
    this.#remember(this.#dump);
    this.#release(this.#dump);
  }

  /** Takes over a request that was sent without the engine, under the sequence number that was taken last. */
  adopt(transaction: Transaction, sequence: number): void {
    if (this.#closed !== undefined) {
      transaction.sequence = sequence;
      transaction.fail(this.#closed.error);
      return;
    }
    this.#table.keep(transaction, sequence);
    this.#waiting += 1;
    this.send(transaction);
  }

  /** Ends everything with `error`, and whatever is begun from now on. */
  close(error: unknown): void {
    this.#closed ??= { error };
    for (const transaction of this.#table.all()) this.#end(transaction, error);
    for (const dump of this.#queuedDumps.splice(0)) dump.fail(error);
  }

  #route(view: WireView, at: number, end: number, group: number, batch: Batch, index: number): void {
    const type = messageType(view, at);
    if (type === NLMSG_OVERRUN) this.#lost = true;
    if (type === NLMSG_NOOP || type === NLMSG_OVERRUN) return;
    const found = this.#table.find(messageSequence(view, at));
    const transaction = group === 0 || found?.echoes === true ? found : undefined;
    if (transaction === undefined || !this.#isForUs(messagePortId(view, at))) {
      if (group === 0 && this.#isLate(view, at, type)) this.lateAnswers += 1;
      else this.#observer.onUnclaimed(view, at, end, batch, index);
      return;
    }
    try {
      if (transaction === this.#dump) this.#routeDump(this.#dump, view, at, end, type);
      else this.#routeRequest(transaction, view, at, end, type);
    } catch (error) {
      this.#failUndecodable(transaction, error, messageSequence(view, at));
    }
  }

  #isLate(view: WireView, at: number, type: number): boolean {
    if (this.#abandoned.size === 0 || !this.#isForUs(messagePortId(view, at))) return false;
    const sequence = messageSequence(view, at);
    if (!this.#abandoned.has(sequence)) return false;
    if (type === NLMSG_ERROR || type === NLMSG_DONE) this.#abandoned.delete(sequence);
    return true;
  }

  /** Remembers for a while that answers to a transaction are late. */
  #remember(transaction: Transaction): void {
    for (let index = 0; index < transaction.count; index++) this.#abandoned.add(transaction.sequence + index);
    for (const oldest of this.#abandoned) {
      if (this.#abandoned.size <= ABANDONED_LIMIT) break;
      this.#abandoned.delete(oldest);
    }
  }

  /**
   * Fast path for the items of the running dump at the start of a datagram, which is often full of them: does what
   * {@link #route} would, without looking up the transaction for each. Returns where something else begins.
   */
  #receiveItems(view: WireView, start: number, end: number): number {
    const dump = this.#dump;
    if (dump === undefined) return start;
    const { sequence } = dump;
    let at = start;
    try {
      while (!dump.settled) {
        const behind = messageEnd(view, at, end);
        if (behind === undefined || messageSequence(view, at) !== sequence) break;
        if (messageType(view, at) < NLMSG_MIN_TYPE || messagePortId(view, at) !== this.#portId) break;
        dump.received += 1;
        if ((messageFlags(view, at) & NLM_F_DUMP_INTR) !== 0) dump.interrupted = true;
        dump.onMessage(view, at, behind);
        at = align4(behind);
      }
    } catch (error) {
      this.#failUndecodable(dump, error, sequence);
    }
    return at;
  }

  #isForUs(portId: number): boolean {
    return portId === this.#portId || portId === 0 || this.#anyPort;
  }

  #routeRequest(transaction: Transaction, view: WireView, at: number, end: number, type: number): void {
    const sequence = messageSequence(view, at);
    if (type === NLMSG_ERROR || type === NLMSG_DONE) {
      const errno = acknowledgedErrno(view, at, end);
      if (errno !== 0) transaction.onRefusal(errno, view, at, end, sequence);
      else if (type === NLMSG_ERROR) transaction.onAcknowledgement(view, at, end, sequence);
      else this.#routeDone(transaction, view, at, end, sequence);
    } else {
      transaction.onMessage(view, at, end, messageFlags(view, at), sequence);
    }
    this.#releaseSettled(transaction);
  }

  /** The acknowledgement of a request with multipart replies may still come: then it is late. */
  #routeDone(transaction: Transaction, view: WireView, at: number, end: number, sequence: number): void {
    transaction.onDone(view, at, end, sequence);
    if (transaction.settled) this.#remember(transaction);
  }

  #routeDump(dump: AnyDump, view: WireView, at: number, end: number, type: number): void {
    dump.received += 1;
    if ((messageFlags(view, at) & NLM_F_DUMP_INTR) !== 0 && type !== NLMSG_ERROR) dump.interrupted = true;
    if (type !== NLMSG_ERROR && type !== NLMSG_DONE) {
      if (!dump.settled) dump.onMessage(view, at, end);
      return;
    }
    // Whatever the message says, the kernel has ended this dump: the next may run.
    this.#release(dump);
    if (dump.settled) return;
    const errno = acknowledgedErrno(view, at, end);
    if (errno !== 0) dump.onRefusal(errno, view, at, end);
    else if (dump.interrupted && dump.restart()) this.#queuedDumps.unshift(dump);
    else if (type === NLMSG_ERROR) dump.onAcknowledgement(view, at, end);
    else dump.onDone(view, at, end);
  }

  /** Bytes that are not a whole message. If their header is there, it says which request they answer. */
  #receiveBroken(view: WireView, at: number, left: number, group: number): void {
    this.malformedDatagrams += 1;
    if (left < NLMSG_HDRLEN || group !== 0) return;
    const transaction = this.#table.find(messageSequence(view, at));
    if (transaction === undefined || !this.#isForUs(messagePortId(view, at))) return;
    const length = view.data.getUint32(at, LITTLE_ENDIAN_HOST);
    this.#failUndecodable(
      transaction,
      malformed(`its message claims ${length} bytes of ${left}`),
      messageSequence(view, at),
    );
  }

  #failUndecodable(transaction: Transaction, cause: unknown, sequence: number): void {
    if (!transaction.settled) {
      try {
        transaction.onUndecodable(cause, sequence);
      } catch (error) {
        // The operation's name is the caller's code too.
        transaction.fail(error);
      }
    }
    if (transaction !== this.#dump) this.#releaseSettled(transaction);
  }

  #end(transaction: Transaction, error: unknown): void {
    this.#release(transaction);
    if (!transaction.settled) transaction.fail(error);
  }

  #releaseSettled(transaction: Transaction): void {
    if (transaction.settled) this.#release(transaction);
  }

  #release(transaction: Transaction): void {
    // A callback may have ended it, by closing the socket.
    if (this.#table.find(transaction.sequence) !== transaction) return;
    this.#table.remove(transaction);
    if (transaction === this.#dump) {
      this.#dump = undefined;
      return;
    }
    this.#waiting -= 1;
    if (transaction.sent) this.#awaitedAnswers -= transaction.answers;
  }
}

function overrunError(): NetlinkError {
  return new NetlinkError(
    'the receive buffer was full and the kernel dropped the answer; whether the request took effect is unknown',
    { code: 'ERR_NETLINK_OVERRUN' },
  );
}
