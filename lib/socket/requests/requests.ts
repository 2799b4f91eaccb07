import { closed, rejectAtAwait } from '../../errors.js';
import type { DatagramBatch } from '../../native/receive-ring.js';
import { NLM_F_ACK, NLM_F_REQUEST } from '../../wire/constants.js';
import { WireWriter } from '../../wire/writer.js';
import { requestBegins, requestEnds, requestsAreObserved } from '../diagnostics.js';
import { type PendingRequest, RequestTransaction } from '../engine/request-transaction.js';
import type { SequenceTable } from '../engine/sequence-table.js';
import { blockingInCallback } from '../port/blocking-in-callback.js';
import type { DatagramPort } from '../port/datagram-port.js';
import { checkRange, U16_MAX } from '../ranges.js';
import { raise, rejected } from '../rejected.js';
import { nextTurn, spendFurther, spendTurn, type TurnListener } from '../turn-budget.js';
import { type CallOptions, readCallOptions } from './call-options.js';
import { InlineReply } from './inline-reply.js';
import type { OperationCall } from './operation-call.js';
import type { RoomListener, Transport } from './transport.js';

/** The offset of nlmsg_seq. */
const SEQUENCE_OFFSET = 8;
/** Shorter replies do not change how many fit into the receive buffer: see {@link Transport.noteReply}. */
const SMALL_REPLY = 2048;
/** The most bytes of one datagram: below the usual size of the send buffer. */
const BYTES_PER_DATAGRAM = 64 * 1024;
const RESOLVED = Promise.resolve();

/**
 * Requests other than dumps. A single one is sent at once and settled before its promise is returned; further ones of the
 * same tick go together, in as few datagrams as the receive buffer has room for answers.
 */
export class Requests implements RoomListener, TurnListener {
  readonly #transport: Transport;
  readonly #port: DatagramPort;
  readonly #sequences: SequenceTable;
  readonly #writer = new WireWriter(8 * 1024);
  readonly #inline: InlineReply;
  #queued: QueuedRequest[] = [];
  /** A request was sent in this tick: the next ones wait for its end. */
  #tickTaken = false;
  /** The event loop must have its turn first. */
  #turnAwaited = false;
  /** The contents of the writer are being sent. */
  #sending = false;
  /** A request is being written, by the caller's code: what that requests does not touch the writer. */
  #writing = false;

  constructor(transport: Transport, sequences: SequenceTable) {
    this.#transport = transport;
    this.#port = transport.port;
    this.#sequences = sequences;
    this.#inline = new InlineReply(transport.port);
  }

  /** Sends a request. */
  perform<Input, Reply>(call: OperationCall<Input, Reply>, given: CallOptions): Promise<unknown> {
    try {
      const options = this.#check(given);
      if (this.#writing) return this.#outcome(this.#sendAlone(call), options);
      const start = this.#write(call);
      if (this.#mustQueue || !spendTurn()) return this.#queue(this.#begin(call, start), options);
      this.#tickTaken = true;
      void RESOLVED.then(this.#endTick);
      const transaction = this.#send(call);
      if (transaction === undefined) return Promise.resolve(this.#inline.result());
      return this.#outcome(transaction, options);
    } catch (error) {
      return rejected(error);
    }
  }

  /** Whether a request cannot be sent at once. */
  get #mustQueue(): boolean {
    if (this.#tickTaken || this.#turnAwaited || this.#sending || this.#queued.length > 0) return true;
    // Where nothing is awaited, there is room.
    return !this.#sequences.empty && this.#transport.answersThatFit < 1;
  }

  /** The promise of a request that was sent. */
  #outcome(transaction: RequestTransaction, options: CallOptions): Promise<unknown> {
    if (!transaction.settled) return this.#wait(transaction, options);
    this.#ended(transaction, options);
    if (transaction.error === undefined) return Promise.resolve(transaction.result);
    return rejected(transaction.error);
  }

  /** Like {@link perform}, but blocks the thread until the answer is there. */
  performSync<Input, Reply>(call: OperationCall<Input, Reply>, given: CallOptions): unknown {
    const options = this.#check(given);
    this.#port.checkBlocking('requestSync');
    if (this.#sending) throw blockingInCallback('requestSync');
    if (!this.#writing) this.flush();
    if (!this.#sequences.empty) this.#transport.makeRoomNow();
    const transaction = this.#sendNow(call);
    if (transaction === undefined) return this.#inline.result();
    if (!transaction.settled) {
      transaction.keepBytes();
      this.#transport.block(transaction, transaction.request.name, options);
    }
    this.#ended(transaction, options);
    if (transaction.error !== undefined) throw transaction.error as Error;
    return transaction.result;
  }

  /** Sends a request without regard to those that are queued. Undefined: it has an inline reply. */
  #sendNow<Input, Reply>(call: OperationCall<Input, Reply>): RequestTransaction | undefined {
    if (this.#writing || this.#queued.length > 0) return this.#sendAlone(call);
    this.#write(call);
    return this.#send(call);
  }

  /** Sends the requests that were queued, as many as there is room for the answers of. */
  flush(): void {
    while (this.#queued.length > 0 && !this.#sending && !this.#port.closed) {
      const queued = this.#queued;
      this.#queued = [];
      this.#sending = true;
      let first = 0;
      try {
        while (first < queued.length && this.#transport.answersThatFit > 0)
          first = this.#sendSome(queued, first);
      } finally {
        this.#sending = false;
      }
      spendFurther(first);
      if (first < queued.length) {
        this.#hold(queued.slice(first));
        return;
      }
    }
  }

  onRoom(): void {
    this.flush();
  }

  /** Keeps requests until there is room for their answers. */
  #hold(requests: readonly QueuedRequest[]): void {
    this.#queued = [...requests, ...this.#queued];
    for (const request of this.#queued) request.startTimer(true);
    this.#transport.whenRoom(this);
  }

  onTurn(): void {
    this.#turnAwaited = false;
    this.flush();
  }

  /** Reads the options. Throws unless a request can be made. */
  #check(given: CallOptions): CallOptions {
    const options = readCallOptions(given);
    if (this.#port.closed) throw closed();
    options.signal?.throwIfAborted();
    if (this.#port.congested) this.#transport.makeRoom();
    return options;
  }

  /** Writes a request after those that are queued; returns its offset. */
  #write<Input, Reply>(call: OperationCall<Input, Reply>): number {
    const writer = this.#writer;
    const start = this.#queued.length === 0 && !this.#sending ? 0 : writer.length;
    writer.reset(start);
    this.#writing = true;
    try {
      this.#encode(writer, call);
    } catch (error) {
      writer.reset(start);
      throw error;
    } finally {
      this.#writing = false;
    }
    return start;
  }

  #encode<Input, Reply>(writer: WireWriter, call: OperationCall<Input, Reply>): void {
    const { operation, type, flags, input } = call;
    if ((flags & U16_MAX) !== flags) checkRange(`${operation.name}: flags`, flags, U16_MAX);
    const asks = operation.end === 'reply' ? NLM_F_REQUEST : NLM_F_REQUEST | NLM_F_ACK;
    writer.messageStart(type, flags | asks);
    operation.encode(writer, input);
    writer.messageEnd();
    // Encoding reads the caller's values: a getter may have closed the socket.
    if (this.#port.closed) throw closed();
  }

  /** Sends a request with memory of its own, while the writer is in use. */
  #sendAlone<Input, Reply>(call: OperationCall<Input, Reply>): RequestTransaction {
    const writer = new WireWriter();
    this.#encode(writer, call);
    const transaction = new RequestTransaction(call, writer.bytes, 0, writer.length);
    transaction.began = requestBegins();
    this.#transport.engine.begin(transaction);
    writer.putU32(SEQUENCE_OFFSET, transaction.sequence);
    this.#transport.send([transaction], writer.memory, 0, writer.length);
    return transaction;
  }

  /** Registers the request that was written last with the engine. */
  #begin(request: PendingRequest, start: number): RequestTransaction {
    const transaction = this.#transaction(request, start, this.#writer.length);
    transaction.began = requestBegins();
    this.#transport.engine.begin(transaction);
    this.#writer.putU32(start + SEQUENCE_OFFSET, transaction.sequence);
    return transaction;
  }

  #transaction(request: PendingRequest, start: number, end: number): RequestTransaction {
    return new RequestTransaction(request, this.#writer.bytes, start, end - start);
  }

  /** Sends a single request. Returns its transaction, or undefined if it has an inline reply. */
  #send(request: PendingRequest): RequestTransaction | undefined {
    if (!this.#canReplyInline || requestsAreObserved()) return this.#sendByEngine(request);
    const { memory, length } = this.#writer;
    const sequence = this.#sequences.take();
    this.#writer.putU32(SEQUENCE_OFFSET, sequence);
    const inline = this.#inline;
    inline.expect(request, sequence, length);
    this.#sending = true;
    try {
      this.#port.exchange(memory, 0, length, 1, this.#takeReply);
      if (inline.taken) {
        if (inline.replyLength > SMALL_REPLY) this.#transport.noteReply(inline.replyLength);
        return undefined;
      }
      const transaction = this.#adopt();
      this.#transport.receiveAnswer(transaction);
      return transaction;
    } catch (error) {
      if (!inline.taken) this.#transport.engine.abandon(this.#adopt(), error);
      throw error;
    } finally {
      this.#sending = false;
    }
  }

  /** Whether the datagram that is received next can only be the answer to the request that is sent next. */
  get #canReplyInline(): boolean {
    const { congested, offload } = this.#port;
    if (congested || offload !== undefined) return false;
    return this.#sequences.empty || this.#transport.expectsOnlyAnswers;
  }

  #sendByEngine(request: PendingRequest): RequestTransaction {
    const transaction = this.#begin(request, 0);
    this.#sending = true;
    try {
      this.#transport.send([transaction], this.#writer.memory, 0, transaction.length);
    } finally {
      this.#sending = false;
    }
    return transaction;
  }

  readonly #takeReply = (batch: DatagramBatch): void => {
    if (this.#inline.take(batch)) return;
    if (!this.#inline.taken) this.#adopt();
    this.#transport.take(batch);
  };

  /** Hands the request of the inline reply to the engine, once. */
  #adopt(): RequestTransaction {
    const { request, sequence, length, adopted } = this.#inline;
    if (adopted !== undefined) return adopted;
    const transaction = this.#transaction(request, 0, length);
    this.#transport.engine.adopt(transaction, sequence);
    this.#inline.adopted = transaction;
    return transaction;
  }

  #ended(transaction: RequestTransaction, options: CallOptions): void {
    if (transaction.extack !== undefined) warn(transaction, options);
    if (transaction.began !== 0) publish(transaction, this.#port.portId);
  }

  /**
   * Sends as many of the requests from `first` on as fit into one datagram, and whose answers have room. Returns the index of
   * the next one.
   */
  #sendSome(queued: readonly QueuedRequest[], first: number): number {
    const most = this.#transport.answersThatFit;
    let answers = 0;
    const sent: RequestTransaction[] = [];
    let next = first;
    let length = 0;
    for (; next < queued.length && answers < most; next++) {
      const transaction = queued[next]?.transaction;
      // A request that was aborted before it was sent is left out: the one after it begins a datagram of its own.
      if (transaction === undefined || transaction.settled) break;
      if (sent.length > 0 && length + transaction.length > BYTES_PER_DATAGRAM) break;
      length += transaction.length;
      answers += transaction.answers;
      sent.push(transaction);
    }
    const [head] = sent;
    if (head === undefined) return next + 1;
    this.#transport.send(sent, this.#writer.memory, head.start, length);
    for (let index = first; index < next; index++) queued[index]?.startTimer(false);
    return next;
  }

  #queue(transaction: RequestTransaction, options: CallOptions): Promise<unknown> {
    if (!this.#tickTaken && !this.#turnAwaited) {
      this.#turnAwaited = true;
      nextTurn(this);
    }
    return new Promise((resolve) => {
      const queued = new QueuedRequest(transaction, options, this.#transport, resolve);
      this.#queued.push(queued);
      if (options.signal !== undefined) queued.listenForAbort();
    });
  }

  readonly #endTick = (): void => {
    this.#tickTaken = false;
    if (!this.#turnAwaited) this.flush();
  };

  #wait(transaction: RequestTransaction, options: CallOptions): Promise<unknown> {
    return new Promise((resolve) => {
      new QueuedRequest(transaction, options, this.#transport, resolve).startTimer(false);
    });
  }
}

function publish({ request, began, error }: RequestTransaction, portId: number): void {
  requestEnds('request', request.name, portId, began, error);
}

/** Calls `onWarning` with the extended acknowledgement of a success. */
function warn({ extack, error }: RequestTransaction, { onWarning }: CallOptions): void {
  if (extack === undefined || error !== undefined || onWarning === undefined) return;
  try {
    onWarning(extack);
  } catch (failure) {
    raise(failure);
  }
}

/** The promise of a request that was not answered inside the call. */
class QueuedRequest {
  readonly transaction: RequestTransaction;
  readonly #options: CallOptions;
  readonly #transport: Transport;
  readonly #resolve: (result: unknown) => void;
  #release: (() => void) | undefined;
  #timed = false;

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
    transaction.listener = this;
  }

  /** Starts the timeout: the request was sent and not answered inside the call, or it is held back. */
  startTimer(held: boolean): void {
    const { transaction } = this;
    if (transaction.settled) return;
    if (!held) transaction.keepBytes();
    if (this.#timed) return;
    this.#timed = true;
    this.#release?.();
    const { name } = transaction.request;
    const transport = this.#transport;
    this.#release = held
      ? transport.limitHeld(transaction, name, this.#options)
      : transport.limit(transaction, name, this.#options);
  }

  /** Lets the signal end the request before it is sent. */
  listenForAbort(): void {
    this.#release = this.#transport.limit(this.transaction, this.transaction.request.name, {
      signal: this.#options.signal,
      timeout: Infinity,
    });
  }

  onSettled(): void {
    this.#release?.();
    const { transaction } = this;
    warn(transaction, this.#options);
    if (transaction.began !== 0) publish(transaction, this.#transport.port.portId);
    if (transaction.error !== undefined) {
      rejectAtAwait(this.#resolve, transaction.error);
      return;
    }
    try {
      this.#resolve(transaction.result);
    } catch (error) {
      rejectAtAwait(this.#resolve, error);
    }
  }
}
