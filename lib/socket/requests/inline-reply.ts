import { closed } from '../../errors.js';
import type { DatagramBatch } from '../../native/receive-ring.js';
import { LITTLE_ENDIAN_HOST } from '../../wire/byte-order.js';
import {
  NLM_F_ACK_TLVS,
  NLM_F_MULTI,
  NLMSG_ERROR,
  NLMSG_HDRLEN,
  NLMSG_MIN_TYPE,
} from '../../wire/constants.js';
import { acknowledgedErrno } from '../../wire/extended-ack.js';
import { messageFlags, messagePortId, messageSequence, messageType } from '../../wire/messages.js';
import type { WireView } from '../../wire/view.js';
import { type PendingRequest, giveReply, type RequestTransaction } from '../engine/request-transaction.js';
import { undecodable } from '../engine/transaction.js';
import type { Transport } from './transport.js';

const NOTHING: PendingRequest = {
  operation: { name: '', decode: () => undefined },
  flags: 0,
  makeResult: giveReply,
};

/** The shortest answer: an acknowledgement has an errno behind its header, a reply anything. */
const SHORTEST = NLMSG_HDRLEN + 4;

/**
 * The answer that nearly every request gets: one message in one datagram, a reply or a plain acknowledgement, which is
 * queued when the request is sent. Nothing is made for it but what the caller gets. All else is the engine's.
 */
export class InlineReply {
  /** What was asked last, under which sequence number, and how many bytes it has. */
  asked: PendingRequest = NOTHING;
  sequence = 0;
  length = 0;
  /** Whether the answer was taken here. */
  taken = false;
  /** The engine's transaction, where something else than the answer came. */
  adopted: RequestTransaction | undefined = undefined;
  readonly #transport: Transport;
  #reply: unknown = undefined;
  #error: unknown = undefined;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** From now on the answer to that request is expected. */
  expect(asked: PendingRequest, sequence: number, length: number): void {
    this.asked = asked;
    this.sequence = sequence;
    this.length = length;
    this.taken = false;
    this.adopted = undefined;
    this.#error = undefined;
  }

  /** What the caller gets; throws where the reply could not be read. */
  give(): unknown {
    const { asked } = this;
    const reply = this.#reply;
    this.asked = NOTHING;
    this.#reply = undefined;
    if (this.#error !== undefined) throw this.#error as Error;
    return asked.makeResult(reply, undefined, undefined);
  }

  /** Takes the answer. Returns false, and touches nothing, where something else came, or something beside it. */
  take(batch: DatagramBatch): boolean {
    if (batch.count !== 1 || batch.overruns !== 0 || batch.error !== 0 || batch.group(0) !== 0) return false;
    const transport = this.#transport;
    if (transport.port.congested) return false;
    const length = batch.length(0);
    const at = batch.offset(0);
    const view = transport.view(batch.bytes(0));
    if (length < SHORTEST || view.data.getUint32(at, LITTLE_ENDIAN_HOST) !== length) return false;
    if (messageSequence(view, at) !== this.sequence || messagePortId(view, at) !== transport.port.portId)
      return false;
    const { operation } = this.asked;
    if (messageType(view, at) < NLMSG_MIN_TYPE) {
      if (!isPlainAcknowledgement(operation, view, at, at + length)) return false;
    } else {
      if (operation.end !== 'reply' || (messageFlags(view, at) & NLM_F_MULTI) !== 0) return false;
      this.#decode(view, at + NLMSG_HDRLEN, at + length);
    }
    if (length > transport.largestReply) transport.largestReply = length;
    this.taken = true;
    return true;
  }

  #decode(view: WireView, start: number, end: number): void {
    const { operation } = this.asked;
    try {
      this.#reply = operation.decode(view, start, end);
    } catch (cause) {
      this.#error = undecodable(operation.name, cause);
    }
    // A decoder is the caller's code.
    if (this.#transport.port.closed) this.#error = closed();
  }
}

function isPlainAcknowledgement(
  operation: PendingRequest['operation'],
  view: WireView,
  at: number,
  end: number,
): boolean {
  const awaited = operation.end ?? 'acknowledgement';
  if (messageType(view, at) !== NLMSG_ERROR || awaited !== 'acknowledgement') return false;
  if ((messageFlags(view, at) & NLM_F_ACK_TLVS) !== 0) return false;
  return acknowledgedErrno(view, at, end) === 0;
}
