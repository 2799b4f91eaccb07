import { NLM_F_MULTI, NLMSG_HDRLEN } from '../../wire/constants.js';
import { decodeExtendedAck, type ExtendedAck } from '../../wire/extended-ack.js';
import type { WireView } from '../../wire/view.js';
import type { WireWriter } from '../../wire/writer.js';
import { explain, refusal } from './refusal.js';
import type { RequestOperation, SettlementListener } from './request-transaction.js';
import { type Transaction, undecodable } from './transaction.js';

/** The outcome of one message of a batch. */
export type BatchResult<Reply = unknown> =
  | {
      readonly status: 'done';
      /** As the operation reads them; a message that was added as bytes has NetlinkMessages. */
      readonly replies: readonly Reply[];
      /** What the kernel added to its acknowledgement: a warning, a cookie. */
      readonly extack: ExtendedAck | undefined;
    }
  | { readonly status: 'failed'; readonly error: unknown }
  /** Not sent: an earlier message failed and the batch stops there, or the signal came first. */
  | { readonly status: 'skipped' }
  /** Valid, but another message of its transaction failed, so nothing took effect. */
  | { readonly status: 'undone' };

export interface BatchOptions {
  /**
   * Which messages request an acknowledgement. `'last'`: errors of the others come anyway, before it. `'none'`: the last one
   * is answered by a reply, which serves the same purpose.
   */
  readonly acknowledged: 'each' | 'last' | 'none';
  /** The first message begins a netfilter transaction: if it is refused, no other is answered. */
  readonly firstAlone: boolean;
}

/** What a batch needs to know about a message's operation. */
export interface BatchedOperation extends RequestOperation {
  readonly onlyAcknowledged?: boolean;
}

export interface BatchedMessage {
  readonly operation: BatchedOperation;
  /** Its offset in the writer. */
  readonly start: number;
}

/** Messages that were written one after another, to be sent in one datagram. */
export interface BatchMessages {
  readonly writer: WireWriter;
  readonly messages: readonly BatchedMessage[];
  /** The end of the last one. */
  readonly end: number;
}

const DONE: BatchResult<never> = Object.freeze({
  status: 'done',
  replies: Object.freeze([]),
  extack: undefined,
});

/** Several messages that are sent together, and one result for each. */
export class BatchTransaction implements Transaction {
  sequence = 0;
  readonly count: number;
  readonly answers: number;
  settled = false;
  sent = false;
  readonly echoes = false;
  readonly results: (BatchResult | undefined)[];
  /** Notified when it is settled. */
  listener: SettlementListener | undefined = undefined;
  readonly #writer: WireWriter;
  readonly #messages: readonly BatchedMessage[];
  readonly #end: number;
  readonly #options: BatchOptions;
  readonly #replies: (unknown[] | undefined)[];
  #open: number;

  constructor({ writer, messages, end }: BatchMessages, options: BatchOptions) {
    const count = messages.length;
    this.count = count;
    this.answers = countAnswers(messages, options);
    this.results = new Array<BatchResult | undefined>(count);
    this.#replies = new Array<unknown[] | undefined>(count);
    this.#writer = writer;
    this.#messages = messages;
    this.#end = end;
    this.#options = options;
    this.#open = count;
  }

  /** Writes the sequence numbers that the engine assigned into the messages. */
  prepare(): void {
    let { sequence } = this;
    for (const { start } of this.#messages) this.#writer.putU32(start + 8, sequence++);
  }

  onMessage(view: WireView, at: number, end: number, flags: number, sequence: number): void {
    const index = sequence - this.sequence;
    const reply = this.#message(index).operation.decode(view, at + NLMSG_HDRLEN, end);
    const replies = this.#replies[index];
    if (replies === undefined) this.#replies[index] = [reply];
    else replies.push(reply);
    if ((flags & NLM_F_MULTI) === 0) this.#settleByReply(index);
  }

  onAcknowledgement(view: WireView, at: number, end: number, sequence: number): void {
    const index = sequence - this.sequence;
    this.#settleDone(index, this.#extendedAck(view, at, end, index));
    this.#settleEarlier(index);
  }

  /** The end of a multipart reply; a requested acknowledgement is still to come. */
  onDone(_view: WireView, _at: number, _end: number, sequence: number): void {
    this.#settleByReply(sequence - this.sequence);
  }

  onRefusal(errno: number, view: WireView, at: number, end: number, sequence: number): void {
    const index = sequence - this.sequence;
    const error = refusal(
      this.#message(index).operation,
      errno,
      this.#extendedAck(view, at, end, index),
      this.#sent(index),
    );
    this.#settleOne(index, { status: 'failed', error });
    if (index === 0 && this.#options.firstAlone) this.fail(error);
    this.#settleEarlier(index);
  }

  fail(error: unknown): void {
    for (let index = 0; index < this.count; index++) this.#settleOne(index, { status: 'failed', error });
  }

  onUndecodable(cause: unknown, sequence: number): void {
    const index = sequence - this.sequence;
    const error = undecodable(this.#message(index).operation.name, cause);
    this.#settleOne(index, { status: 'failed', error });
    this.#settleEarlier(index);
  }

  /** Where no message is acknowledged, the reply to the last one is the end. */
  #settleByReply(index: number): void {
    if (this.#options.acknowledged !== 'none' || index !== this.count - 1) return;
    this.#settleDone(index, undefined);
    this.#settleEarlier(index);
  }

  /** The kernel handles a datagram's messages in order: earlier ones that reported no error are done. */
  #settleEarlier(index: number): void {
    if (this.#options.acknowledged === 'each' || index !== this.count - 1) return;
    for (let earlier = 0; earlier < index; earlier++) this.#settleDone(earlier, undefined);
  }

  #settleDone(index: number, extack: ExtendedAck | undefined): void {
    const replies = this.#replies[index];
    const isPlain = extack === undefined && replies === undefined;
    this.#settleOne(index, isPlain ? DONE : { status: 'done', replies: replies ?? [], extack });
  }

  #settleOne(index: number, result: BatchResult): void {
    if (this.results[index] !== undefined) return;
    this.results[index] = result;
    this.#open -= 1;
    if (this.#open > 0) return;
    this.settled = true;
    this.listener?.onSettled();
  }

  #extendedAck(view: WireView, at: number, behind: number, index: number): ExtendedAck | undefined {
    const extack = decodeExtendedAck(view, at, behind);
    if (extack === undefined) return undefined;
    return explain(extack, this.#message(index).operation, this.#sent(index));
  }

  #sent(index: number): Uint8Array {
    const end = this.#messages[index + 1]?.start ?? this.#end;
    return this.#writer.bytes.subarray(this.#message(index).start, end);
  }

  #message(index: number): BatchedMessage {
    const message = this.#messages[index];
    if (message === undefined) throw new RangeError(`the batch has no message ${index}`);
    return message;
  }
}

/** How many messages the kernel sends back if all goes well. */
function countAnswers(messages: readonly BatchedMessage[], { acknowledged }: BatchOptions): number {
  let answers = { each: messages.length, last: 1, none: 0 }[acknowledged];
  for (const { operation } of messages) {
    if ((operation.end ?? 'acknowledgement') !== 'acknowledgement') answers += 1;
  }
  return answers;
}
