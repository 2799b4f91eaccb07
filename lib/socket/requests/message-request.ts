import { NLMSG_HDRLEN } from '../../wire/constants.js';
import type { AttributeSet } from '../../wire/description.js';
import type { ExtendedAck } from '../../wire/extended-ack.js';
import { usualHeaderLength } from '../../wire/fixed-headers.js';
import { copyMessage, type NetlinkMessage } from '../../wire/messages.js';
import type { Operation, RequestEnd } from '../../wire/operation.js';
import type { WireView } from '../../wire/view.js';
import type { WireWriter } from '../../wire/writer.js';
import type { Bytes } from '../../wire/bytes.js';
import { invalidArgument } from '../../errors.js';
import { checkBytes } from '../messages/payload.js';
import { checkRange, U16_MAX } from '../ranges.js';
import type { OperationCall } from './operation-call.js';

/** A message to send as a request, as bytes. Only `type` must be given. */
export interface RequestMessage {
  /** nlmsg_type, 0 to 65535. */
  readonly type: number;
  /** nlmsg_flags in addition to those that the kind of request sets itself (NLM_F_REQUEST, NLM_F_ACK, NLM_F_DUMP). Default: 0. */
  readonly flags?: number;
  /** What follows the message header: fixed header and attributes, as a {@link WireWriter} makes them. Any view or ArrayBuffer. */
  readonly payload?: Bytes;
  /** Its name in errors. Default: `'message type 16'`. */
  readonly name?: string;
  /**
   * Bytes between the message header and the first attribute, to find the attribute that an error points at.
   * Default: that of the type in NETLINK_ROUTE, NETLINK_GENERIC and NETLINK_NETFILTER.
   */
  readonly headerLength?: number;
  /** Names of the attributes in errors. Default: errors show their numbers. */
  readonly attributes?: AttributeSet;
  /** The capability that the operation needs, for the text of an EPERM. */
  readonly capability?: string;
  /** What ends the request. Default: `'acknowledgement'`. */
  readonly end?: RequestEnd;
}

/** The answer to a request. */
export interface Reply {
  /** The first message; undefined where only an acknowledgement came. */
  readonly message: NetlinkMessage | undefined;
  /** All of them. */
  readonly messages: readonly NetlinkMessage[];
  /** A warning, or a cookie, that came with the acknowledgement. */
  readonly extack: ExtendedAck | undefined;
}

/** A request of bytes, whose replies are bytes. */
export class MessageOperation implements Operation<Uint8Array | undefined, NetlinkMessage> {
  readonly encode = appendPayload;
  readonly decode = copyReply;
  readonly joinReplies = joinMessages;
  readonly name: string;
  readonly headerLength: number;
  readonly attributes: AttributeSet;
  readonly end: RequestEnd;
  readonly capability: string | undefined;

  /** Each property of the request is read once: it may be the caller's code. */
  constructor(request: RequestMessage, protocol: number, type: number) {
    const { name, headerLength, attributes, end, capability } = request;
    this.name = name ?? `message type ${type}`;
    this.headerLength = headerLength ?? usualHeaderLength(protocol, type);
    this.attributes = attributes ?? NO_ATTRIBUTES;
    this.end = end ?? 'acknowledgement';
    this.capability = capability;
  }
}

const NO_ATTRIBUTES: AttributeSet = {};
const ENDS: readonly unknown[] = ['acknowledgement', 'reply', 'both'];

/** A request of bytes as a call. Throws ERR_NETLINK_INVALID_ARGUMENT for values out of range, before anything is sent. */
export function messageCall(
  call: string,
  message: RequestMessage,
  protocol: number,
): OperationCall<Uint8Array | undefined, NetlinkMessage> {
  const { type, flags = 0, payload } = message;
  checkRange(`${call}: type`, type, U16_MAX);
  checkRange(`${call}: flags`, flags, U16_MAX);
  const input = payload === undefined ? undefined : checkBytes(`${call}: payload`, payload);
  const operation = new MessageOperation(message, protocol, type);
  checkRange(`${call}: headerLength`, operation.headerLength, U16_MAX);
  if (typeof operation.name !== 'string') throw invalidArgument(`${call}: name must be a string`);
  if (!ENDS.includes(operation.end)) {
    throw invalidArgument(`${call}: end must be 'acknowledgement', 'reply' or 'both'`);
  }
  return { operation, type, flags, input };
}

/** The result of a {@link MessageOperation}. */
function joinMessages(
  message: unknown,
  further: readonly unknown[] | undefined,
  extack: ExtendedAck | undefined,
): Reply {
  const first = (message === undefined ? [] : [message]) as NetlinkMessage[];
  const messages = further === undefined ? first : first.concat(further as NetlinkMessage[]);
  return { message: first[0], messages, extack };
}

function appendPayload(writer: WireWriter, payload: Uint8Array | undefined): void {
  if (payload !== undefined) writer.append(payload);
}

export function copyReply(view: WireView, offset: number, end: number): NetlinkMessage {
  return copyMessage(view, offset - NLMSG_HDRLEN, end - offset + NLMSG_HDRLEN);
}
