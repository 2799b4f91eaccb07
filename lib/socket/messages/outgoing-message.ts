import { NLM_F_REQUEST, NLMSG_HDRLEN, NLMSG_MIN_TYPE } from '../../wire/constants.js';
import type { Bytes } from '../../wire/bytes.js';
import type { WireWriter } from '../../wire/writer.js';
import { checkDestination, type Destination } from '../port/destination.js';
import type { SocketAddress } from '../port/datagram-port.js';
import { checkRange, U16_MAX, U32_MAX } from '../ranges.js';
import { checkBytes } from './payload.js';

/** A message to send. What is left out gets the value that a request to the kernel needs. */
export interface OutgoingMessage {
  /** What follows the header: the bytes of any view or ArrayBuffer. Default: nothing. */
  readonly payload?: Bytes;
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

/** An {@link OutgoingMessage}, each property read once and checked. */
export interface CheckedMessage {
  readonly payload: Uint8Array | undefined;
  readonly type: number;
  readonly flags: number;
  /** Undefined: the socket's next number. */
  readonly sequence: number | undefined;
  readonly portId: number;
  readonly to: SocketAddress | undefined;
}

/** Reads and checks a message before any of it is written. Throws ERR_NETLINK_INVALID_ARGUMENT. */
export function checkOutgoing(call: string, message: OutgoingMessage, ownPortId: number): CheckedMessage {
  const { payload, type = NLMSG_MIN_TYPE, flags = NLM_F_REQUEST, sequence, portId = ownPortId, to } = message;
  checkRange(`${call}: type`, type, U16_MAX);
  checkRange(`${call}: flags`, flags, U16_MAX);
  if (sequence !== undefined) checkRange(`${call}: sequence`, sequence, U32_MAX);
  checkRange(`${call}: portId`, portId, U32_MAX);
  return {
    payload: payload === undefined ? undefined : checkBytes(`${call}: payload`, payload),
    type,
    flags,
    sequence,
    portId,
    to: to === undefined ? undefined : checkDestination(call, to),
  };
}

/** Writes the header of a message. Returns the message's length. */
export function writeHeader(writer: WireWriter, message: CheckedMessage, sequence: number): number {
  const { payload, type, flags, portId } = message;
  const length = NLMSG_HDRLEN + (payload?.length ?? 0);
  writer.messageStart(type, flags, sequence, portId);
  writer.messageEnd(length);
  return length;
}

/** Writes a message and its padding. Returns its length without the padding. */
export function writeMessage(writer: WireWriter, message: CheckedMessage, sequence: number): number {
  const length = writeHeader(writer, message, sequence);
  if (message.payload !== undefined) writer.append(message.payload);
  return length;
}
