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

/** Makes the caller's result from the first reply, the following ones, and the extended acknowledgement. */
export type JoinReplies = (
  reply: unknown,
  furtherReplies: readonly unknown[] | undefined,
  extack: ExtendedAck | undefined,
) => unknown;

/** What the engine needs to know about a request's operation. */
export interface RequestOperation extends RequestDescription {
  readonly decode: Decode<unknown>;
  /** Default: `'acknowledgement'`. */
  readonly end?: RequestEnd;
  /** Default: the result is the first reply, or undefined where only an acknowledgement came. */
  readonly joinReplies?: JoinReplies | undefined;
}

/** A request that was written and waits for its answer. */
export interface PendingRequest {
  readonly operation: RequestOperation;
  /** nlmsg_flags in addition to those that the kind of request sets itself. */
  readonly flags: number;
}

/** A request other than a dump. */
export class RequestTransaction implements Transaction {
  sequence = 0;
  readonly count = 1;
  readonly answers: number;
  settled = false;
  sent = false;
  readonly echoes: boolean;
  /** The first reply, and the following ones. */
  reply: unknown = undefined;
  furtherReplies: unknown[] | undefined = undefined;
  extack: ExtendedAck | undefined = undefined;
  error: unknown = undefined;
  /** The time of the call, if a diagnostics subscriber wants its duration; else 0. */
  began = 0;
  /** Notified when it is settled. */
  listener: SettlementListener | undefined = undefined;
  /** Where the request lies in its buffer. */
  readonly start: number;
  readonly length: number;
  readonly #pending: PendingRequest;
  #replied = false;
  #multipart = false;
  #acknowledged = false;
  #buffer: Uint8Array;
  #kept = false;

  /** The request's bytes lie in `buffer`, and stay there until {@link keepBytes} is called. */
  constructor(pending: PendingRequest, buffer: Uint8Array, start: number, length: number) {
    this.#pending = pending;
    this.answers = pending.operation.end === 'both' ? 2 : 1;
    this.echoes = (pending.flags & NLM_F_ECHO) !== 0;
    this.#buffer = buffer;
    this.start = start;
    this.length = length;
  }

  get request(): RequestDescription {
    return this.#pending.operation;
  }

  /** The caller's result. */
  get result(): unknown {
    return joinReplies(this.#pending.operation, this.reply, this.furtherReplies, this.extack);
  }

  /** Copies the request's bytes: an error that comes later is explained with them. */
  keepBytes(): void {
    if (this.#kept) return;
    this.#buffer = this.#sent().slice();
    this.#kept = true;
  }

  onMessage(view: WireView, at: number, end: number, flags: number): void {
    const { operation } = this.#pending;
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
    if (this.#pending.operation.end !== 'both' || (this.#replied && !this.#multipart)) this.#settle();
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
    // A decoder is the caller's code: it may have closed the socket and settled this request.
    if (this.settled) return;
    this.settled = true;
    this.listener?.onSettled();
  }
}

export function joinReplies(
  operation: RequestOperation,
  reply: unknown,
  furtherReplies: readonly unknown[] | undefined,
  extack: ExtendedAck | undefined,
): unknown {
  return operation.joinReplies === undefined ? reply : operation.joinReplies(reply, furtherReplies, extack);
}
