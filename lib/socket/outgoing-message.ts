import { align4, LITTLE_ENDIAN_HOST } from '../wire/byte-order.js';
import { NLM_F_REQUEST, NLMSG_HDRLEN, NLMSG_MIN_TYPE } from '../wire/constants.js';
import type { Destination } from './destination.js';
import { checkRange, U16_MAX, U32_MAX } from './ranges.js';

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

/** A message whose numbers are settled. */
export interface NumberedMessage extends OutgoingMessage {
  readonly sequence: number;
  readonly portId: number;
}

export function messageLength(message: OutgoingMessage): number {
  return NLMSG_HDRLEN + (message.payload?.byteLength ?? 0);
}

/** Writes a message and its padding at `offset`. Returns the offset behind. Throws ERR_NETLINK_INVALID_ARGUMENT. */
export function writeMessage(
  bytes: Uint8Array<ArrayBuffer>,
  offset: number,
  message: NumberedMessage,
): number {
  const { payload, type = NLMSG_MIN_TYPE, flags = NLM_F_REQUEST, sequence, portId } = message;
  checkRange('send: type', type, U16_MAX);
  checkRange('send: flags', flags, U16_MAX);
  checkRange('send: sequence', sequence, U32_MAX);
  checkRange('send: portId', portId, U32_MAX);
  const length = messageLength(message);
  const end = offset + align4(length);
  const view = new DataView(bytes.buffer);
  view.setUint32(offset, length, LITTLE_ENDIAN_HOST);
  view.setUint16(offset + 4, type, LITTLE_ENDIAN_HOST);
  view.setUint16(offset + 6, flags, LITTLE_ENDIAN_HOST);
  view.setUint32(offset + 8, sequence, LITTLE_ENDIAN_HOST);
  view.setUint32(offset + 12, portId, LITTLE_ENDIAN_HOST);
  if (payload !== undefined) bytes.set(payload, offset + NLMSG_HDRLEN);
  bytes.fill(0, offset + length, end);
  return end;
}
