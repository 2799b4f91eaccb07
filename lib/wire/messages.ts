import { malformed } from '../errors.js';
import { align4, LITTLE_ENDIAN_HOST } from './byte-order.js';
import { NLMSG_HDRLEN } from './constants.js';
import type { WireView } from './view.js';

/** One message: its header (struct nlmsghdr), and a copy of what follows it. */
export interface NetlinkMessage {
  /** nlmsg_type. */
  readonly type: number;
  /** nlmsg_flags (NLM_F_…). */
  readonly flags: number;
  /** nlmsg_seq. */
  readonly sequence: number;
  /** nlmsg_pid. */
  readonly portId: number;
  /** All bytes after the netlink header, without padding. */
  readonly payload: Uint8Array;
}

/** The length of the message at `offset`, header included, checked against the end of its datagram (nlmsg_len). */
export function messageLength(view: WireView, offset: number, end: number): number {
  if (end - offset < NLMSG_HDRLEN) {
    throw malformed(`a message header must have 16 bytes, got ${end - offset} (at byte ${offset})`);
  }
  const length = view.data.getUint32(offset, LITTLE_ENDIAN_HOST);
  if (length < NLMSG_HDRLEN || length > end - offset) {
    throw malformed(`the message at byte ${offset} claims ${length} bytes, and ${end - offset} are left`);
  }
  return length;
}

/** Where the message at `offset` ends, before padding; undefined if the bytes up to `end` are not a whole message. */
export function messageEnd(view: WireView, offset: number, end: number): number | undefined {
  const left = end - offset;
  if (left < NLMSG_HDRLEN) return undefined;
  const length = view.data.getUint32(offset, LITTLE_ENDIAN_HOST);
  return length < NLMSG_HDRLEN || length > left ? undefined : offset + length;
}

/** nlmsg_type of the message at `offset`. */
export function messageType(view: WireView, offset: number): number {
  return view.data.getUint16(offset + 4, LITTLE_ENDIAN_HOST);
}

/** nlmsg_flags of the message at `offset`. */
export function messageFlags(view: WireView, offset: number): number {
  return view.data.getUint16(offset + 6, LITTLE_ENDIAN_HOST);
}

/** nlmsg_seq of the message at `offset`. */
export function messageSequence(view: WireView, offset: number): number {
  return view.data.getUint32(offset + 8, LITTLE_ENDIAN_HOST);
}

/** nlmsg_pid of the message at `offset`. */
export function messagePortId(view: WireView, offset: number): number {
  return view.data.getUint32(offset + 12, LITTLE_ENDIAN_HOST);
}

/** Copies the message at `offset`, whose length is known, out of `view`, including its payload unless that was copied before. */
export function copyMessage(
  view: WireView,
  offset: number,
  length: number,
  payload: Uint8Array = view.binary(offset + NLMSG_HDRLEN, offset + length),
): NetlinkMessage {
  return {
    type: messageType(view, offset),
    flags: messageFlags(view, offset),
    sequence: messageSequence(view, offset),
    portId: messagePortId(view, offset),
    payload,
  };
}

/** The messages of one datagram. The last may be unaligned; bytes that are not a message are an `ERR_NETLINK_MALFORMED`. */
export function decodeMessages(view: WireView, start = 0, end: number = view.length): NetlinkMessage[] {
  const messages: NetlinkMessage[] = [];
  for (let at = start; at < end;) {
    const length = messageLength(view, at, end);
    messages.push(copyMessage(view, at, length));
    at += align4(length);
  }
  return messages;
}
