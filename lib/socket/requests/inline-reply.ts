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
import { WireView } from '../../wire/view.js';
import { joinReplies, type PendingRequest, type RequestTransaction } from '../engine/request-transaction.js';
import { undecodable } from '../engine/transaction.js';
import type { DatagramPort } from '../port/datagram-port.js';

const NOTHING: PendingRequest = { operation: { name: '', decode: () => undefined }, flags: 0 };

/** The shortest answer: an acknowledgement has an errno after its header, a reply anything. */
const SHORTEST_REPLY = NLMSG_HDRLEN + 4;

/**
 * Fast path. Almost every request is answered inside the send call by exactly one message: a reply or a plain
 * acknowledgement. This decodes it in place, without allocating a transaction. Anything else goes to the engine, which then
 * adopts the request.
 *
 * ```
 *            expect()             take(): the one answer            result()
 *   idle ──────────────► expected ──────────────────────► taken ──────────────► idle
 *                            │
 *                            │ anything else, or the send failed
 *                            └──────────────────────────► adopted: the engine settles the request; expect() starts over
 * ```
 *
 * | the datagrams of the exchange              | operation ends with | state   |
 * | ------------------------------------------ | ------------------- | ------- |
 * | one, one reply without NLM_F_MULTI         | reply               | taken   |
 * | one, an acknowledgement without attributes | acknowledgement     | taken   |
 * | a refusal, or attributes in the acknowledgement | any            | adopted |
 * | a multipart reply, or any answer           | both                | adopted |
 * | another sequence number, port or group; a notification | any     | adopted |
 * | none, several, an overrun, broken bytes    | any                 | adopted |
 */
export class InlineReply {
  /** The request, its sequence number, and its length in bytes. */
  request: PendingRequest = NOTHING;
  sequence = 0;
  length = 0;
  /** Whether the answer was taken here. */
  taken = false;
  /** The length of the answer that was taken. */
  replyLength = 0;
  /** The engine's transaction, if it has adopted the request. */
  adopted: RequestTransaction | undefined = undefined;
  readonly #port: DatagramPort;
  #bytes: Uint8Array = new Uint8Array();
  #view = new WireView(this.#bytes);
  #reply: unknown = undefined;
  #error: unknown = undefined;

  constructor(port: DatagramPort) {
    this.#port = port;
  }

  /** Expects the answer to this request. */
  expect(request: PendingRequest, sequence: number, length: number): void {
    this.request = request;
    this.sequence = sequence;
    this.length = length;
    this.taken = false;
    this.adopted = undefined;
    this.#error = undefined;
  }

  /** The caller's result. Throws if the reply could not be decoded. */
  result(): unknown {
    const { operation } = this.request;
    const reply = this.#reply;
    this.request = NOTHING;
    this.#reply = undefined;
    if (this.#error !== undefined) throw this.#error as Error;
    return joinReplies(operation, reply, undefined, undefined);
  }

  /** Takes the answer. Returns false, and changes nothing, if anything else came. */
  take(batch: DatagramBatch): boolean {
    if (batch.count !== 1 || batch.overruns !== 0 || batch.error !== 0 || batch.group(0) !== 0) return false;
    const port = this.#port;
    if (port.congested) return false;
    const length = batch.length(0);
    const at = batch.offset(0);
    const view = this.#viewOf(batch.bytes(0));
    // Not messageEnd(): a second message in the datagram goes to the engine too.
    if (length < SHORTEST_REPLY || view.data.getUint32(at, LITTLE_ENDIAN_HOST) !== length) return false;
    if (messageSequence(view, at) !== this.sequence || messagePortId(view, at) !== port.portId) return false;
    const { operation } = this.request;
    if (messageType(view, at) < NLMSG_MIN_TYPE) {
      if (!isPlainAcknowledgement(operation, view, at, at + length)) return false;
    } else {
      if (operation.end !== 'reply' || (messageFlags(view, at) & NLM_F_MULTI) !== 0) return false;
      this.#decode(view, at + NLMSG_HDRLEN, at + length);
    }
    this.replyLength = length;
    this.taken = true;
    return true;
  }

  #viewOf(bytes: Uint8Array): WireView {
    if (this.#bytes !== bytes) {
      this.#bytes = bytes;
      this.#view = new WireView(bytes);
    }
    return this.#view;
  }

  #decode(view: WireView, start: number, end: number): void {
    const { operation } = this.request;
    try {
      this.#reply = operation.decode(view, start, end);
    } catch (cause) {
      this.#error = undecodable(operation.name, cause);
    }
    // A decoder is the caller's code: it may have closed the socket.
    if (this.#port.closed) this.#error = closed();
  }
}

function isPlainAcknowledgement(
  operation: PendingRequest['operation'],
  view: WireView,
  at: number,
  end: number,
): boolean {
  const expected = operation.end ?? 'acknowledgement';
  if (messageType(view, at) !== NLMSG_ERROR || expected !== 'acknowledgement') return false;
  if ((messageFlags(view, at) & NLM_F_ACK_TLVS) !== 0) return false;
  return acknowledgedErrno(view, at, end) === 0;
}
