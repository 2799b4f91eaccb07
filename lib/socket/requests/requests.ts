import { closed, invalidArgument, rejectAtAwait } from '../../errors.js';
import type { DatagramBatch } from '../../native/receive-ring.js';
import { NLM_F_ACK, NLM_F_REQUEST } from '../../wire/constants.js';
import { WireWriter } from '../../wire/writer.js';
import { requestBegins, requestEnds, requestsAreObserved } from '../diagnostics.js';
import { type PendingRequest, RequestTransaction } from '../engine/request-transaction.js';
import type { CallOptions, Transport } from './transport.js';
import { type Deferred, nextTurn, spendFurther, spendTurn } from '../turn-budget.js';
import { InlineReply } from './inline-reply.js';
import type { Call, Question } from './question.js';
import { raise, rejected } from '../rejected.js';

/** Where a message has its sequence number. */
const SEQUENCE = 8;
/** What one datagram may carry: below the send buffer's usual size. */
const BYTES_A_DATAGRAM = 64 * 1024;
const RESOLVED = Promise.resolve();

/**
 * Requests that are no dumps. One made alone is sent at once, and settled before its promise is returned; those made
 * behind it in the same tick go together, in as few datagrams as their answers fit into the receive buffer.
 */
export class Requests implements Deferred {
  readonly #transport: Transport;
  readonly #receiveBufferSize: number;
  readonly #writer = new WireWriter(8 * 1024);
  readonly #answer: InlineReply;
  #pending: Waiter[] = [];
  /** A request was sent in this tick: those that follow wait for its end. */
  #tickTaken = false;
  /** The event loop must have its turn first. */
  #turnAwaited = false;
  /** What the writer holds is being sent. */
  #sending = false;

  constructor(transport: Transport, receiveBufferSize: number) {
    this.#transport = transport;
    this.#receiveBufferSize = receiveBufferSize;
    this.#answer = new InlineReply(transport);
  }

  /** Sends a request. The promise gives what the question makes of its answer. */
  perform<Input, Reply>(question: Question<Input, Reply>, options: CallOptions): Promise<unknown> {
    try {
      this.#check(options);
      const start = this.#write(question);
      if (this.#tickTaken || this.#turnAwaited || this.#sending || !spendTurn())
        return this.#defer(this.#begin(question, start), options);
      this.#tickTaken = true;
      void RESOLVED.then(this.#endTick);
      const transaction = this.#ask(question);
      if (transaction === undefined) return Promise.resolve(this.#answer.give());
      if (!transaction.settled) return this.#wait(transaction, options);
      this.#ended(transaction, options);
      if (transaction.error === undefined) return Promise.resolve(transaction.result);
      return rejected(transaction.error);
    } catch (error) {
      return rejected(error);
    }
  }

  /** As {@link perform}, but blocks the thread until the answer is there. */
  performSync<Input, Reply>(question: Question<Input, Reply>, options: CallOptions): unknown {
    this.#check(options);
    if (this.#sending)
      throw invalidArgument('a synchronous request from inside a decoder of the same socket');
    this.flush();
    this.#write(question);
    const transaction = this.#ask(question);
    if (transaction === undefined) return this.#answer.give();
    if (!transaction.settled) {
      transaction.keepBytes();
      this.#transport.block(transaction, transaction.request.name, options);
    }
    this.#ended(transaction, options);
    if (transaction.error !== undefined) throw transaction.error as Error;
    return transaction.result;
  }

  /** Sends what waits for the end of this tick. */
  flush(): void {
    while (this.#pending.length > 0 && !this.#sending && !this.#transport.port.closed) {
      const pending = this.#pending;
      this.#pending = [];
      this.#sending = true;
      for (let first = 0; first < pending.length;) first = this.#sendSome(pending, first);
      this.#sending = false;
      spendFurther(pending.length);
    }
  }

  onTurn(): void {
    this.#turnAwaited = false;
    this.flush();
  }

  /** The socket was closed: the engine has settled what waits here. */
  close(): void {
    this.#pending = [];
  }

  #check({ signal, timeout }: CallOptions): void {
    if (this.#transport.port.closed) throw closed();
    signal?.throwIfAborted();
    if (timeout !== undefined) checkTimeout(timeout);
    this.#transport.makeRoom();
  }

  /** Writes a request behind those that wait to be sent; returns where it begins. */
  #write<Input, Reply>({ operation, type, flags, input }: Call<Input, Reply>): number {
    const writer = this.#writer;
    const start = this.#pending.length === 0 && !this.#sending ? 0 : writer.length;
    writer.reset(start);
    try {
      const asks = operation.end === 'reply' ? NLM_F_REQUEST : NLM_F_REQUEST | NLM_F_ACK;
      writer.messageStart(type, flags | asks);
      operation.encode(writer, input);
      writer.messageEnd();
    } catch (error) {
      writer.reset(start);
      throw error;
    }
    return start;
  }

  /** Makes what was written last a transaction of the engine, under a sequence number of its own. */
  #begin(asked: PendingRequest, start: number): RequestTransaction {
    const transaction = this.#transaction(asked, start, this.#writer.length);
    transaction.began = requestBegins();
    this.#transport.engine.begin(transaction);
    this.#writer.putU32(start + SEQUENCE, transaction.sequence);
    return transaction;
  }

  #transaction(asked: PendingRequest, start: number, behind: number): RequestTransaction {
    return new RequestTransaction(asked, this.#writer.bytes, start, behind - start);
  }

  /**
   * Sends the request that was written alone. Returns its transaction, or none where the answer came as it nearly always
   * does: the engine need not know of it then.
   */
  #ask(asked: PendingRequest): RequestTransaction | undefined {
    const { engine, port, quiet } = this.#transport;
    if (!quiet || requestsAreObserved()) return this.#askByEngine(asked);
    const { memory, length } = this.#writer;
    const sequence = engine.takeSequence();
    this.#writer.putU32(SEQUENCE, sequence);
    this.#answer.expect(asked, sequence, length);
    this.#sending = true;
    try {
      port.exchange(memory, 0, length, 1, this.#takeAnswer);
      if (this.#answer.taken) return undefined;
      const transaction = this.#adopt();
      this.#transport.receiveAnswerOf(transaction);
      return transaction;
    } catch (error) {
      if (!this.#answer.taken) engine.abandon(this.#adopt(), error);
      throw error;
    } finally {
      this.#sending = false;
    }
  }

  #askByEngine(asked: PendingRequest): RequestTransaction {
    const transaction = this.#begin(asked, 0);
    this.#sending = true;
    this.#transport.send([transaction], this.#writer.memory, 0, transaction.length);
    this.#sending = false;
    return transaction;
  }

  readonly #takeAnswer = (batch: DatagramBatch): void => {
    if (this.#answer.take(batch)) return;
    if (!this.#answer.taken) this.#adopt();
    this.#transport.take(batch);
  };

  /** Makes the request whose answer is expected known to the engine, once. */
  #adopt(): RequestTransaction {
    const { asked, sequence, length, adopted } = this.#answer;
    if (adopted !== undefined) return adopted;
    const transaction = this.#transaction(asked, 0, length);
    this.#transport.engine.adopt(transaction, sequence);
    this.#answer.adopted = transaction;
    return transaction;
  }

  #ended(transaction: RequestTransaction, options: CallOptions): void {
    if (transaction.extack !== undefined) warn(transaction, options);
    if (transaction.began !== 0) publish(transaction, this.#transport);
  }

  /** Sends as many of the requests from `first` on as go into one datagram. Returns the first that did not. */
  #sendSome(pending: readonly Waiter[], first: number): number {
    const most = Math.max(1, Math.floor(this.#receiveBufferSize / this.#transport.replyCharge));
    const sent: RequestTransaction[] = [];
    let next = first;
    let length = 0;
    for (; next < pending.length && sent.length < most; next++) {
      const transaction = pending[next]?.transaction;
      // What was given up before it was sent is left out: what stands behind it begins a datagram of its own.
      if (transaction === undefined || transaction.settled) break;
      if (sent.length > 0 && length + transaction.length > BYTES_A_DATAGRAM) break;
      length += transaction.length;
      sent.push(transaction);
    }
    const [head] = sent;
    if (head === undefined) return next + 1;
    this.#transport.send(sent, this.#writer.memory, head.start, length);
    for (let index = first; index < next; index++) pending[index]?.arm();
    return next;
  }

  #defer(transaction: RequestTransaction, options: CallOptions): Promise<unknown> {
    if (!this.#tickTaken && !this.#turnAwaited) {
      this.#turnAwaited = true;
      nextTurn(this);
    }
    return new Promise((resolve) => {
      const waiter = new Waiter(transaction, options, this.#transport, resolve);
      this.#pending.push(waiter);
      if (options.signal !== undefined) waiter.listen();
    });
  }

  readonly #endTick = (): void => {
    this.#tickTaken = false;
    if (!this.#turnAwaited) this.flush();
  };

  #wait(transaction: RequestTransaction, options: CallOptions): Promise<unknown> {
    return new Promise((resolve) => {
      new Waiter(transaction, options, this.#transport, resolve).arm();
    });
  }
}

function publish({ request, began, error }: RequestTransaction, { port }: Transport): void {
  requestEnds('request', request.name, port.portId, began, error);
}

/** Gives the caller what the kernel said beside success. */
function warn({ extack, error }: RequestTransaction, { onWarning }: CallOptions): void {
  if (extack === undefined || error !== undefined || onWarning === undefined) return;
  try {
    onWarning(extack);
  } catch (failure) {
    raise(failure);
  }
}

/** Someone who waits for a request's end, with a promise. */
class Waiter {
  readonly transaction: RequestTransaction;
  readonly #options: CallOptions;
  readonly #transport: Transport;
  readonly #resolve: (result: unknown) => void;
  #release: (() => void) | undefined;

  constructor(
    transaction: RequestTransaction,
    options: CallOptions,
    transport: Transport,
    resolve: (result: unknown) => void,
  ) {
    this.transaction = transaction;
    this.#options = options;
    this.#transport = transport;
    this.#resolve = resolve;
    transaction.waiter = this;
  }

  /** From now on the time runs: the request was sent, and its answer was not there at once. */
  arm(): void {
    const { transaction } = this;
    if (transaction.settled) return;
    transaction.keepBytes();
    this.#release?.();
    this.#release = this.#transport.limit(transaction, transaction.request.name, this.#options);
  }

  /** The signal may end it before it is sent. */
  listen(): void {
    this.#release = this.#transport.limit(this.transaction, this.transaction.request.name, {
      signal: this.#options.signal,
      timeout: Infinity,
    });
  }

  onSettled(): void {
    this.#release?.();
    const { transaction } = this;
    warn(transaction, this.#options);
    if (transaction.began !== 0) publish(transaction, this.#transport);
    if (transaction.error === undefined) this.#resolve(transaction.result);
    else rejectAtAwait(this.#resolve, transaction.error);
  }
}

/** Throws ERR_NETLINK_INVALID_ARGUMENT unless it is a number of milliseconds, or Infinity. */
export function checkTimeout(timeout: number): void {
  if (timeout > 0) return;
  throw invalidArgument(
    `timeout is ${String(timeout)}; it must be a number of milliseconds above 0, or Infinity for no limit`,
  );
}
