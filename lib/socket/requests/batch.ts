import { atAwait, closed, invalidArgument } from '../../errors.js';
import { NLM_F_ACK, NLM_F_ECHO, NLM_F_REQUEST, NLMSG_HDRLEN, NLMSG_NOOP } from '../../wire/constants.js';
import type { Operation } from '../../wire/operation.js';
import { WireWriter } from '../../wire/writer.js';
import { requestBegins, requestEnds } from '../diagnostics.js';
import type { NetlinkMessage } from '../../wire/messages.js';
import {
  type BatchedMessage,
  type BatchedOperation,
  type BatchResult,
  BatchTransaction,
} from '../engine/batch-transaction.js';
import { MILLISECONDS_PER_RUN } from '../turn-budget.js';
import { checkRange, U16_MAX, U32_MAX } from '../ranges.js';
import { type CallOptions, readCallOptions } from './call-options.js';
import { copyReply, messageCall, type RequestMessage } from './message-request.js';
import type { Transport } from './transport.js';

export interface BatchOptions extends CallOptions {
  /**
   * `true`: messages are sent one at a time, and none after the first that fails. Default: false, all are sent together and
   * the kernel carries out each, whatever became of the others.
   */
  readonly stopOnError?: boolean;
  /**
   * Which messages ask for an acknowledgement. `'last'` is faster: the kernel handles a batch in order and reports errors
   * of the others all the same. The last needs none where a reply ends it. Warnings and cookies come with acknowledgements
   * only. Default: `'each'`.
   */
  readonly acknowledge?: 'each' | 'last';
  /**
   * Makes the batch a netfilter transaction of this subsystem (NFNL_SUBSYS_NFTABLES is 10): all of it takes effect or
   * nothing, and it is never split.
   */
  readonly transaction?: { readonly subsystem: number; readonly generation?: number };
}

interface Entry extends BatchedMessage {
  readonly flags: number;
}

const NFNL_MSG_BATCH_BEGIN = 16;
const NFNL_MSG_BATCH_END = 17;
const NFNL_BATCH_GENID = 1;
/** What one datagram may carry: below the send buffer's usual size. */
const BYTES_PER_DATAGRAM = 64 * 1024;
/** What an acknowledgement takes up in the receive buffer, the kernel's overhead included. */
const ACKNOWLEDGEMENT_CHARGE = 1024;
const UNDONE: BatchResult<never> = Object.freeze({ status: 'undone' });
/** Acknowledged behind a netfilter transaction, whose own messages then need no acknowledgement. */
const BARRIER: BatchedOperation = { name: 'NLMSG_NOOP', decode: copyReply };

/**
 * Many requests in one `sendmsg`, and a result for each, in the order in which they were added. A batch that is larger
 * than a datagram, or whose answers are larger than the receive buffer, is sent in parts. Not for dumps.
 *
 * `Reply` is what its operations read; messages that are added as bytes have replies that are bytes.
 */
export class Batch<Reply = NetlinkMessage> {
  readonly #transport: Transport;
  readonly #protocol: number;
  readonly #options: BatchOptions;
  /** What all messages ask for. */
  readonly #flags: number;
  readonly #writer: WireWriter;
  readonly #entries: Entry[] = [];
  #sent = false;
  /** A message is being written, by the caller's code. */
  #adding = false;
  /** How many bytes it had when its writer was given back. */
  #byteLength: number | undefined = undefined;
  #began = 0;

  /** @internal */
  constructor(transport: Transport, protocol: number, options: BatchOptions) {
    const { stopOnError = false, acknowledge = 'each' } = options;
    const transaction = readTransaction(options);
    if (!['each', 'last'].includes(acknowledge)) {
      throw invalidArgument("a batch: acknowledge must be 'each' or 'last'");
    }
    const call = readCallOptions(options);
    if (stopOnError && transaction !== undefined) {
      throw invalidArgument(
        'a batch that is a transaction cannot have stopOnError: an error undoes all of it',
      );
    }
    this.#transport = transport;
    this.#writer = transport.writers.take();
    this.#protocol = protocol;
    this.#options = { ...call, stopOnError, acknowledge, ...(transaction !== undefined && { transaction }) };
    const acknowledgesEach = acknowledge === 'each' && transaction === undefined;
    this.#flags = acknowledgesEach ? NLM_F_REQUEST | NLM_F_ACK : NLM_F_REQUEST;
    if (transaction !== undefined)
      this.#addBoundary('NFNL_MSG_BATCH_BEGIN', NFNL_MSG_BATCH_BEGIN, transaction);
  }

  /** How many messages were added. */
  get length(): number {
    return this.#entries.length - (this.#options.transaction === undefined ? 0 : 1);
  }

  /** How many bytes they are. A transaction must be smaller than the send buffer (SO_SNDBUF). */
  get byteLength(): number {
    return this.#byteLength ?? this.#writer.length;
  }

  /** Adds a message of bytes. Returns this batch. */
  add(this: Batch, message: RequestMessage): Batch {
    const { operation, type, flags, input } = messageCall('batch', message, this.#protocol);
    return this.addOperation(operation, type, flags, input);
  }

  /** Adds a request of an operation. Throws ERR_NETLINK_INVALID_ARGUMENT; the batch is as before then. Returns this batch. */
  addOperation<Input>(operation: Operation<Input, Reply>, type: number, flags: number, input: Input): this {
    this.#append(operation, type, flags, input);
    return this;
  }

  #append<Input>(operation: Operation<Input, unknown>, type: number, flags: number, input: Input): void {
    this.#checkUnsent();
    const writer = this.#writer;
    const start = writer.length;
    checkRange(`${operation.name}: flags`, flags, U16_MAX);
    const allFlags = flags | this.#flags;
    this.#adding = true;
    try {
      writer.messageStart(type, allFlags);
      operation.encode(writer, input);
      writer.messageEnd();
    } catch (error) {
      writer.reset(start);
      throw error;
    } finally {
      this.#adding = false;
    }
    this.#entries.push({ operation, flags: allFlags, start });
  }

  /**
   * Sends them. Rejected only where nothing can be known of any message: ERR_NETLINK_CLOSED, the signal's reason before
   * it is sent. All else is in the results; a signal leaves out the parts that are yet to be sent.
   */
  async send(): Promise<BatchResult<Reply>[]> {
    this.#begin();
    // A decoder sends it: the datagram at hand comes first.
    if (this.#transport.port.taking) await nextLoop();
    let results: BatchResult<Reply>[] = [];
    let end = performance.now() + MILLISECONDS_PER_RUN;
    while (results.length < this.#entries.length) {
      const room = this.#transport.awaitRoom(this.#options);
      if (room !== undefined) await room;
      if (this.#options.signal?.aborted === true) break;
      const transaction = this.#sendPart(results.length);
      const waits = !transaction.settled;
      if (waits) await this.#settled(transaction);
      results = joined(results, transaction);
      if (waits) nameCaller(results);
      if (this.#endsWith(results)) break;
      if (performance.now() > end) {
        await nextLoop();
        end = performance.now() + MILLISECONDS_PER_RUN;
      }
    }
    return this.#finish(results);
  }

  /** As {@link send}, but blocks the thread until it is done. */
  sendSync(): BatchResult<Reply>[] {
    this.#transport.port.checkBlocking('sendSync');
    this.#begin();
    let results: BatchResult<Reply>[] = [];
    while (results.length < this.#entries.length) {
      this.#transport.makeRoomNow();
      const transaction = this.#sendPart(results.length);
      if (!transaction.settled) this.#transport.block(transaction, 'batch', this.#options);
      results = joined(results, transaction);
      if (this.#endsWith(results)) break;
    }
    return this.#finish(results);
  }

  #begin(): void {
    if (this.#transport.port.closed) throw closed();
    this.#options.signal?.throwIfAborted();
    this.#checkUnsent();
    const { transaction } = this.#options;
    if (transaction !== undefined) this.#addBoundary('NFNL_MSG_BATCH_END', NFNL_MSG_BATCH_END, transaction);
    this.#sent = true;
    this.#began = requestBegins();
    this.#transport.makeRoom();
  }

  #checkUnsent(): void {
    if (this.#sent) throw invalidArgument('the batch was sent already; make another');
    if (this.#adding) throw invalidArgument('the batch cannot be used while a message is added to it');
  }

  /** How far a part reaches: it fits into a datagram, and its answers, as large as others were so far, into the receive buffer. */
  #behindPart(first: number): number {
    const count = this.#entries.length;
    if (this.#options.stopOnError === true) return first + 1;
    let behind = first;
    for (let room = this.#transport.freeBytes; behind < count; behind++) {
      room -= this.#chargeOf(behind);
      const isFull = room < 0 || this.#startOf(behind + 1) - this.#startOf(first) > BYTES_PER_DATAGRAM;
      if (isFull && behind > first) break;
    }
    return behind;
  }

  /** What the answers to a message may take up in the receive buffer. */
  #chargeOf(index: number): number {
    const entry = this.#entries[index];
    const hasNoReply = entry?.operation.onlyAcknowledged === true && (entry.flags & NLM_F_ECHO) === 0;
    return ACKNOWLEDGEMENT_CHARGE + (hasNoReply ? 0 : this.#transport.replyCharge);
  }

  #sendPart(first: number): BatchTransaction {
    const { acknowledge = 'each', transaction } = this.#options;
    if (transaction !== undefined) return this.#sendWithBarrier();
    const behind = this.#behindPart(first);
    const acknowledged = acknowledge === 'last' ? this.#acknowledgeLast(behind - 1) : 'each';
    const isWhole = behind - first === this.#entries.length;
    const messages = isWhole ? this.#entries : this.#entries.slice(first, behind);
    const start = this.#startOf(first);
    const end = this.#startOf(behind);
    const writer = this.#writer;
    const batch = new BatchTransaction({ writer, messages, end }, { acknowledged, firstAlone: false });
    this.#transport.engine.begin(batch);
    batch.prepare();
    this.#transport.send([batch], writer.memory, start, end - start);
    return batch;
  }

  /** Makes the last message of a part ask for an acknowledgement, unless its reply is one. */
  #acknowledgeLast(index: number): 'last' | 'none' {
    const last = this.#entries[index];
    if (last === undefined) return 'last';
    if (last.operation.end === 'reply' && (last.flags & NLM_F_ACK) === 0) return 'none';
    this.#writer.putU16(last.start + 6, last.flags | NLM_F_ACK);
    return 'last';
  }

  /** A netfilter transaction reports errors only; that there were none shows when what was sent behind it is acknowledged. */
  #sendWithBarrier(): BatchTransaction {
    const { length } = this.#writer;
    const writer = new WireWriter(length + NLMSG_HDRLEN);
    writer.append(this.#writer.bytes.subarray(0, length));
    writer.messageStart(NLMSG_NOOP, NLM_F_REQUEST | NLM_F_ACK);
    writer.messageEnd();
    const messages = [...this.#entries, { operation: BARRIER, start: length }];
    const batch = new BatchTransaction(
      { writer, messages, end: writer.length },
      { acknowledged: 'last', firstAlone: true },
    );
    this.#transport.engine.begin(batch);
    batch.prepare();
    this.#transport.send([batch], writer.memory, 0, length);
    if (!batch.settled) this.#transport.send([batch], writer.memory, length, writer.length - length);
    return batch;
  }

  #settled(transaction: BatchTransaction): Promise<void> {
    return new Promise((resolve) => {
      const release = this.#transport.limit(transaction, 'batch', this.#options);
      const onSettled = () => {
        release();
        resolve();
      };
      transaction.listener = { onSettled };
    });
  }

  /** Whether nothing is sent behind the parts that have these results. */
  #endsWith(results: readonly BatchResult<Reply>[]): boolean {
    const { stopOnError, signal } = this.#options;
    return signal?.aborted === true || (stopOnError === true && results.at(-1)?.status === 'failed');
  }

  #finish(results: BatchResult<Reply>[]): BatchResult<Reply>[] {
    this.#byteLength = this.#writer.length;
    this.#transport.writers.giveBack(this.#writer);
    if (this.#began !== 0) {
      const failed = results.find((result) => result.status === 'failed');
      requestEnds('batch', 'batch', this.#transport.port.portId, this.#began, failed?.error);
    }
    if (this.#options.transaction === undefined) {
      while (results.length < this.#entries.length) results.push({ status: 'skipped' });
      return results;
    }
    const own = results.slice(1, this.#entries.length - 1);
    if (results.every(({ status }) => status === 'done')) return own;
    return own.map((result) => (result.status === 'done' ? UNDONE : result));
  }

  #addBoundary(
    name: string,
    type: number,
    { subsystem, generation }: { subsystem: number; generation?: number },
  ): void {
    const operation: Operation<undefined, undefined> = {
      name,
      headerLength: 4,
      capability: 'CAP_NET_ADMIN',
      decode: () => undefined,
      encode: (writer) => {
        // struct nfgenmsg: family and version are zero, the resource id is the subsystem.
        const header = writer.space(4);
        writer.putU16be(header + 2, subsystem);
        if (generation !== undefined && type === NFNL_MSG_BATCH_BEGIN)
          writer.u32be(NFNL_BATCH_GENID, generation);
      },
    };
    this.#append(operation, type, 0, undefined);
  }

  #startOf(index: number): number {
    return this.#entries[index]?.start ?? this.#writer.length;
  }
}

/** The netfilter transaction of a batch, each of its properties read once. */
function readTransaction({ transaction }: BatchOptions): BatchOptions['transaction'] {
  if (transaction === undefined) return undefined;
  const { subsystem, generation } = transaction;
  checkRange('transaction: subsystem', subsystem, U16_MAX);
  if (generation === undefined) return { subsystem };
  checkRange('transaction: generation', generation, U32_MAX);
  return { subsystem, generation };
}

function nextLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Errors that came while the caller awaited them: their stacks are to begin there. */
function nameCaller(results: BatchResult[]): void {
  results.forEach((result, index) => {
    if (result.status === 'failed') results[index] = { status: 'failed', error: atAwait(result.error) };
  });
}

/** The results of the parts so far, and of the next. */
function joined<Reply>(
  results: BatchResult<Reply>[],
  { results: part }: BatchTransaction,
): BatchResult<Reply>[] {
  // It is settled, so none is undefined; each was read by the operation that addOperation() took.
  const next = part as BatchResult<Reply>[];
  if (results.length === 0) return next;
  for (const result of next) results.push(result);
  return results;
}
