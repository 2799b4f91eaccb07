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
import { messageFlags, messagePortId, messageSequence, messageType } from '../../wire/messages.js';
import type { WireView } from '../../wire/view.js';
import type { DumpTransaction } from './dump-transaction.js';
import { SequenceTable } from './sequence-table.js';
import type { Transaction } from './transaction.js';

type AnyDump = DumpTransaction<unknown>;

/** How many sequence numbers of given-up requests are remembered. */
const GIVEN_UP_LIMIT = 4096;

/** What the engine cannot give to any transaction. */
export interface EngineObserver {
  /** @internal A message that answers nothing that was asked: a notification, or something sent by the peer on its own. `at` is its header's offset. */
  onUnclaimed(view: WireView, at: number, end: number, group: number): void;
}

/**
 * Routes datagrams to the transactions that wait for them. It does no I/O and knows no time: whoever owns the socket
 * sends what it is told to, and hands in what came and what happened.
 */
export class TransactionEngine {
  /** Bytes that were no message, counted by datagram. */
  malformedDatagrams = 0;
  /** Messages that answer what was given up. */
  lateAnswers = 0;
  readonly #portId: number;
  readonly #anyPort: boolean;
  readonly #observer: EngineObserver;
  readonly #table: SequenceTable;
  readonly #queuedDumps: AnyDump[] = [];
  #dump: AnyDump | undefined;
  #waiting = 0;
  #lost = false;
  /** Sequence numbers that were given up, the oldest first. */
  readonly #givenUp = new Set<number>();

  /**
   * Replies carry `portId`, the socket's own, or 0; `anyPort` takes them whatever they carry, as processes write what they like.
   */
  constructor(
    portId: number,
    observer: EngineObserver,
    options: { firstSequence?: number; anyPort?: boolean } = {},
  ) {
    this.#portId = portId;
    this.#observer = observer;
    this.#table = new SequenceTable(options.firstSequence ?? 1);
    this.#anyPort = options.anyPort ?? false;
  }

  /** How many requests and batches wait for answers. */
  get waiting(): number {
    return this.#waiting;
  }

  /** The dump that the kernel runs for this socket now; one that was given up is here until it has ended. */
  get runningDump(): AnyDump | undefined {
    return this.#dump;
  }

  /** Gives a request or a batch its sequence numbers. It is then sent at once. */
  begin(transaction: Transaction): void {
    this.#table.add(transaction);
    this.#waiting += 1;
  }

  /** Puts a dump behind those that wait already: a socket has one at a time, the kernel answers EBUSY to a second. */
  enqueueDump(dump: AnyDump): void {
    this.#queuedDumps.push(dump);
  }

  /** The dump that is to be sent now, if there is one and none is running. */
  takeDump(): AnyDump | undefined {
    if (this.#dump !== undefined) return undefined;
    const dump = this.#queuedDumps.shift();
    if (dump === undefined) return undefined;
    this.#table.add(dump);
    dump.prepare();
    this.#dump = dump;
    return dump;
  }

  /** Takes a datagram in. `group` is the multicast group it was sent to, 0 for unicast: replies are unicast, but for echoes. */
  receive(view: WireView, start: number, end: number, group = 0): void {
    for (let at = group === 0 ? this.#receiveItems(view, start, end) : start; at < end;) {
      const left = end - at;
      const length = left < NLMSG_HDRLEN ? 0 : view.data.getUint32(at, LITTLE_ENDIAN_HOST);
      if (length < NLMSG_HDRLEN || length > left) {
        this.#receiveBroken(view, at, left, group);
        return;
      }
      this.#route(view, at, at + length, group);
      at += align4(length);
    }
  }

  /** The kernel dropped messages for this socket. Which, shows when the queue is known to be empty: see {@link drained}. */
  overrun(): void {
    this.#lost = true;
  }

  /** Nothing more is queued. After an overrun, what is still unanswered may have been dropped, and would wait for ever. */
  drained(): void {
    if (!this.#lost) return;
    this.#lost = false;
    for (const transaction of this.#table.all()) {
      // A dump goes on: the kernel makes its datagrams one by one, when there is room.
      if (transaction === this.#dump && this.#dump.answered) continue;
      this.#giveUp(transaction);
      this.#end(transaction, overrunError());
    }
  }

  /** Ends a transaction from this side, with `error`. Of a dump that runs, the rest is received and thrown away. */
  abandon(transaction: Transaction, error: unknown): void {
    if (transaction.settled) return;
    if (transaction === this.#dump) {
      transaction.fail(error);
      return;
    }
    const queued = this.#queuedDumps.findIndex((dump) => dump === transaction);
    if (queued === -1) {
      this.#giveUp(transaction);
      this.#end(transaction, error);
    } else {
      this.#queuedDumps.splice(queued, 1);
      transaction.fail(error);
    }
  }

  /** Stops waiting for the end of a dump that was given up: its peer has fallen silent. */
  forgetDump(): void {
    if (this.#dump?.settled !== true) return;
    this.#giveUp(this.#dump);
    this.#release(this.#dump);
  }

  /** Takes a sequence number for a message that is sent past the engine. */
  takeSequence(): number {
    return this.#table.take();
  }

  /** Takes over a request that was sent past the engine, under the sequence number that was taken last. */
  adopt(transaction: Transaction, sequence: number): void {
    this.#table.keep(transaction, sequence);
    this.#waiting += 1;
  }

  /** Ends everything with `error`. */
  close(error: unknown): void {
    for (const transaction of this.#table.all()) this.#end(transaction, error);
    for (const dump of this.#queuedDumps.splice(0)) dump.fail(error);
  }

  #route(view: WireView, at: number, end: number, group: number): void {
    const type = messageType(view, at);
    if (type === NLMSG_OVERRUN) this.#lost = true;
    if (type === NLMSG_NOOP || type === NLMSG_OVERRUN) return;
    const asked = this.#table.find(messageSequence(view, at));
    const transaction = group === 0 || asked?.echoes === true ? asked : undefined;
    if (transaction === undefined || !this.#isForUs(messagePortId(view, at))) {
      if (group === 0 && this.#isLate(view, at, type)) this.lateAnswers += 1;
      else this.#observer.onUnclaimed(view, at, end, group);
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
    if (this.#givenUp.size === 0 || !this.#isForUs(messagePortId(view, at))) return false;
    const sequence = messageSequence(view, at);
    if (!this.#givenUp.has(sequence)) return false;
    if (type === NLMSG_ERROR || type === NLMSG_DONE) this.#givenUp.delete(sequence);
    return true;
  }

  /** Remembers, for a while, whose answers are nobody's from now on. */
  #giveUp(transaction: Transaction): void {
    for (let index = 0; index < transaction.count; index++) this.#givenUp.add(transaction.sequence + index);
    for (const oldest of this.#givenUp) {
      if (this.#givenUp.size <= GIVEN_UP_LIMIT) break;
      this.#givenUp.delete(oldest);
    }
  }

  /**
   * Takes the items of the running dump from the start of a datagram, which is often full of them: what {@link #route} would do with
   * each, without looking for whom it is. Returns where something else begins.
   */
  #receiveItems(view: WireView, start: number, end: number): number {
    const dump = this.#dump;
    if (dump === undefined) return start;
    const { sequence } = dump;
    let at = start;
    try {
      while (!dump.settled && end - at >= NLMSG_HDRLEN) {
        const length = view.data.getUint32(at, LITTLE_ENDIAN_HOST);
        if (length < NLMSG_HDRLEN || length > end - at || messageSequence(view, at) !== sequence) break;
        if (messageType(view, at) < NLMSG_MIN_TYPE || messagePortId(view, at) !== this.#portId) break;
        dump.answered = true;
        if ((messageFlags(view, at) & NLM_F_DUMP_INTR) !== 0) dump.interrupted = true;
        dump.onMessage(view, at, at + length);
        at += align4(length);
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

  /** The acknowledgement of a request whose replies were multipart may still come: then it is late. */
  #routeDone(transaction: Transaction, view: WireView, at: number, end: number, sequence: number): void {
    transaction.onDone(view, at, end, sequence);
    if (transaction.settled) this.#giveUp(transaction);
  }

  #routeDump(dump: AnyDump, view: WireView, at: number, end: number, type: number): void {
    dump.answered = true;
    if ((messageFlags(view, at) & NLM_F_DUMP_INTR) !== 0 && type !== NLMSG_ERROR) dump.interrupted = true;
    if (type !== NLMSG_ERROR && type !== NLMSG_DONE) {
      if (!dump.settled) dump.onMessage(view, at, end);
      return;
    }
    // The kernel has ended it, whatever the message says: the next may run.
    this.#release(dump);
    if (dump.settled) return;
    const errno = acknowledgedErrno(view, at, end);
    if (errno !== 0) dump.onRefusal(errno, view, at, end);
    else if (dump.interrupted && dump.restart()) this.#queuedDumps.unshift(dump);
    else if (type === NLMSG_ERROR) dump.onAcknowledgement(view, at, end);
    else dump.onDone(view, at, end);
  }

  /** Bytes that are no whole message: whose answer they were is known if their header is there. */
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
    if (transaction.settled) return;
    transaction.onUndecodable(cause, sequence);
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
    if (transaction === this.#dump) this.#dump = undefined;
    else this.#waiting -= 1;
  }
}

function overrunError(): NetlinkError {
  return new NetlinkError(
    'the receive buffer was full and the kernel dropped the answer; whether the request took effect is unknown',
    { code: 'ERR_NETLINK_OVERRUN' },
  );
}
