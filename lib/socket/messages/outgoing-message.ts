import { NLM_F_REQUEST, NLMSG_HDRLEN, NLMSG_MIN_TYPE } from '../../wire/constants.js';
import type { WireWriter } from '../../wire/writer.js';
import type { Destination } from '../port/destination.js';
import { checkRange, U16_MAX, U32_MAX } from '../ranges.js';

/** A message to send. What is left out gets the value that a request to the kernel needs. */
export interface OutgoingMessage {
  /** What follows the header. Default: nothing. */
  readonly payload?: Uint8Array;
  /** nlmsg_type, 0 to 65535. Default: 16 (NLMSG_MIN_TYPE). */
  readonly type?: number;
  /** nlmsg_flags, 0 to 65535. Default: NLM_F_REQUEST. */
  readonly flags?: number;
  /** nlmsg_seq, 32 bits. Default: the socket's next number. */
  readonly sequence?: number;
  /** nlmsg_pid, 32 bits. Default: the socket's own port id. */
  readonly portId?: number;
  /** Where to. Default: the connected peer, which without connect is the kernel. */
  readonly to?: Destination;
}

/** Writes the header of a message. Returns the message's length. Throws ERR_NETLINK_INVALID_ARGUMENT. */
export function writeHeader(
  writer: WireWriter,
  message: OutgoingMessage,
  sequence: number,
  ownPortId: number,
): number {
  const { payload, type = NLMSG_MIN_TYPE, flags = NLM_F_REQUEST, portId = ownPortId } = message;
  checkRange('send: type', type, U16_MAX);
  checkRange('send: flags', flags, U16_MAX);
  checkRange('send: sequence', sequence, U32_MAX);
  checkRange('send: portId', portId, U32_MAX);
  const length = NLMSG_HDRLEN + (payload?.byteLength ?? 0);
  writer.messageStart(type, flags, sequence, portId);
  writer.messageEnd(length);
  return length;
}

/** Writes a message and its padding. Returns its length without that. Throws ERR_NETLINK_INVALID_ARGUMENT. */
export function writeMessage(
  writer: WireWriter,
  message: OutgoingMessage,
  sequence: number,
  ownPortId: number,
): number {
  const length = writeHeader(writer, message, sequence, ownPortId);
  if (message.payload !== undefined) writer.append(message.payload);
  return length;
}
