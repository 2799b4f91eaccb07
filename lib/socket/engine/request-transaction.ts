import { NLM_F_MULTI, NLMSG_HDRLEN } from '../../wire/constants.js';
import { decodeExtendedAck, type ExtendedAck } from '../../wire/extended-ack.js';
import type { RequestEnd } from '../../wire/operation.js';
import type { WireView } from '../../wire/view.js';
import { explain, refusal, type RequestDescription } from './refusal.js';
import { Transaction, undecodable } from './transaction.js';

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

/** Gives the reply itself, or undefined where there was only an acknowledgement. */
export const giveReply: MakeResult = (reply) => reply;

/** A request that is no dump. */
export class RequestTransaction<Reply> extends Transaction {
  readonly request: RequestDescription;
  /** The first reply, and those behind it. */
  reply: Reply | undefined = undefined;
  furtherReplies: Reply[] | undefined = undefined;
  extack: ExtendedAck | undefined = undefined;
  error: unknown = undefined;
  /** When it was asked for, if somebody wants to know. */
  began = 0;
  /** Whoever waits for the end. */
  waiter: SettlementListener | undefined = undefined;
  /** Where the request lies in its buffer. */
  readonly start: number;
  readonly length: number;
  readonly #decode: Decode<Reply>;
  readonly #end: RequestEnd;
  readonly #makeResult: MakeResult;
  #replied = false;
  #multipart = false;
  #acknowledged = false;
  #buffer: Uint8Array;
  #kept = false;

  /** The request's bytes lie in `buffer`, and stay there until {@link keepBytes} is called. */
  constructor(
    request: RequestDescription,
    decode: Decode<Reply>,
    end: RequestEnd,
    makeResult: MakeResult,
    buffer: Uint8Array,
    start: number,
    length: number,
  ) {
    super(1, end === 'both' ? 2 : 1);
    this.request = request;
    this.#decode = decode;
    this.#end = end;
    this.#makeResult = makeResult;
    this.#buffer = buffer;
    this.start = start;
    this.length = length;
  }

  /** What the caller gets. */
  get result(): unknown {
    return this.#makeResult(this.reply, this.furtherReplies, this.extack);
  }

  /** Copies the request's bytes, which an error that comes later is explained with. */
  keepBytes(): void {
    if (this.#kept) return;
    this.#buffer = this.#sent().slice();
    this.#kept = true;
  }

  override onMessage(view: WireView, at: number, end: number, flags: number): void {
    const reply = this.#decode(view, at + NLMSG_HDRLEN, end);
    if (this.#replied) (this.furtherReplies ??= []).push(reply);
    else this.reply = reply;
    this.#replied = true;
    if ((flags & NLM_F_MULTI) !== 0) this.#multipart = true;
    else if (this.#end === 'reply' || (this.#end === 'both' && this.#acknowledged)) this.#settle();
  }

  override onAcknowledgement(view: WireView, at: number, end: number): void {
    this.#takeExtendedAck(view, at, end);
    this.#acknowledged = true;
    if (this.#end !== 'both' || (this.#replied && !this.#multipart)) this.#settle();
  }

  override onDone(view: WireView, at: number, end: number): void {
    this.#takeExtendedAck(view, at, end);
    this.#settle();
  }

  override onRefusal(errno: number, view: WireView, at: number, end: number): void {
    this.#takeExtendedAck(view, at, end);
    this.fail(refusal(this.request, errno, this.extack));
  }

  override fail(error: unknown): void {
    if (this.settled) return;
    this.error = error;
    this.#settle();
  }

  override onUndecodable(cause: unknown): void {
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
