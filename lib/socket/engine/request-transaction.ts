import { NLM_F_ECHO, NLM_F_MULTI, NLMSG_HDRLEN } from '../../wire/constants.js';
import { decodeExtendedAck, type ExtendedAck } from '../../wire/extended-ack.js';
import type { RequestEnd } from '../../wire/operation.js';
import type { WireView } from '../../wire/view.js';
import { explain, refusal, type RequestDescription } from './refusal.js';
import { type Transaction, undecodable } from './transaction.js';

/** Reads what follows a message's header. */
export type Decode<Reply> = (view: WireView, offset: number, end: number) => Reply;

export interface SettlementListener {
  onSettled(): void;
}

/** Makes what the caller gets: of the first reply, of those behind it, and of what came with the acknowledgement. */
export type MakeResult = (
  reply: unknown,
  furtherReplies: readonly unknown[] | undefined,
  extack: ExtendedAck | undefined,
) => unknown;

/** What the engine needs to know of the operation that a request is of. */
export interface AskedOperation extends RequestDescription {
  readonly decode: Decode<unknown>;
  /** Default: `'acknowledgement'`. */
  readonly end?: RequestEnd;
}

/** What is left of a question once it is written. */
export interface PendingRequest {
  readonly operation: AskedOperation;
  /** nlmsg_flags beside those that the kind of request sets by itself. */
  readonly flags: number;
  readonly makeResult: MakeResult;
}

/** Gives the reply itself, or undefined where there was only an acknowledgement. */
export const giveReply: MakeResult = (reply) => reply;

/** A request that is no dump. */
export class RequestTransaction implements Transaction {
  sequence = 0;
  readonly count = 1;
  readonly answers: number;
  settled = false;
  readonly echoes: boolean;
  /** The first reply, and those behind it. */
  reply: unknown = undefined;
  furtherReplies: unknown[] | undefined = undefined;
  extack: ExtendedAck | undefined = undefined;
  error: unknown = undefined;
  /** When it was asked for, if somebody wants to know. */
  began = 0;
  /** Whoever waits for the end. */
  waiter: SettlementListener | undefined = undefined;
  /** Where the request lies in its buffer. */
  readonly start: number;
  readonly length: number;
  readonly #asked: PendingRequest;
  #replied = false;
  #multipart = false;
  #acknowledged = false;
  #buffer: Uint8Array;
  #kept = false;

  /** The request's bytes lie in `buffer`, and stay there until {@link keepBytes} is called. */
  constructor(asked: PendingRequest, buffer: Uint8Array, start: number, length: number) {
    this.#asked = asked;
    this.answers = asked.operation.end === 'both' ? 2 : 1;
    this.echoes = (asked.flags & NLM_F_ECHO) !== 0;
    this.#buffer = buffer;
    this.start = start;
    this.length = length;
  }

  get request(): RequestDescription {
    return this.#asked.operation;
  }

  /** What the caller gets. */
  get result(): unknown {
    return this.#asked.makeResult(this.reply, this.furtherReplies, this.extack);
  }

  /** Copies the request's bytes, which an error that comes later is explained with. */
  keepBytes(): void {
    if (this.#kept) return;
    this.#buffer = this.#sent().slice();
    this.#kept = true;
  }

  onMessage(view: WireView, at: number, end: number, flags: number): void {
    const { operation } = this.#asked;
    const reply = operation.decode(view, at + NLMSG_HDRLEN, end);
    if (this.#replied) (this.furtherReplies ??= []).push(reply);
    else this.reply = reply;
    this.#replied = true;
    if ((flags & NLM_F_MULTI) !== 0) this.#multipart = true;
    else if (operation.end === 'reply' || (operation.end === 'both' && this.#acknowledged)) this.#settle();
  }

  onAcknowledgement(view: WireView, at: number, end: number): void {
    this.#takeExtendedAck(view, at, end);
    this.#acknowledged = true;
    if (this.#asked.operation.end !== 'both' || (this.#replied && !this.#multipart)) this.#settle();
  }

  onDone(view: WireView, at: number, end: number): void {
    this.#takeExtendedAck(view, at, end);
    this.#settle();
  }

  onRefusal(errno: number, view: WireView, at: number, end: number): void {
    this.#takeExtendedAck(view, at, end);
    this.fail(refusal(this.request, errno, this.extack, this.#sent()));
  }

  fail(error: unknown): void {
    if (this.settled) return;
    this.error = error;
    this.#settle();
  }

  onUndecodable(cause: unknown): void {
    this.fail(undecodable(this.request.name, cause));
  }

  #takeExtendedAck(view: WireView, at: number, end: number): void {
    const extack = decodeExtendedAck(view, at, end);
    if (extack !== undefined) this.extack = explain(extack, this.request, this.#sent());
  }

  #sent(): Uint8Array {
    return this.#kept ? this.#buffer : this.#buffer.subarray(this.start, this.start + this.length);
  }

  #settle(): void {
    // A decoder is the caller's code: it may have closed the socket, and ended this.
    if (this.settled) return;
    this.settled = true;
    this.waiter?.onSettled();
  }
}
