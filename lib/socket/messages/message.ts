import { malformed } from '../../errors.js';
import type { DatagramBatch, SenderCredentials } from '../../native/receive-ring.js';
import { align4, LITTLE_ENDIAN_HOST } from '../../wire/byte-order.js';
import { NLMSG_HDRLEN } from '../../wire/constants.js';

/** Who sent a datagram, and how. */
export interface Sender {
  /** The sender's port id; 0 is the kernel. */
  readonly portId: number;
  /** The multicast group that it was sent to; 0 for unicast. Groups above 32 are seen with the option `packetInfo`. */
  readonly group: number;
  /** The sender's network namespace, as an id of this one, when it is another and `listenAllNamespaces` is on. */
  readonly namespaceId?: number;
  /** With the option `passCredentials`: the sending process, as the kernel vouches for it. */
  readonly credentials?: SenderCredentials;
}

/** One netlink message. */
export interface Message {
  /** nlmsg_type. Below 16: a control message (NLMSG_ERROR, NLMSG_DONE ...). */
  readonly type: number;
  /** nlmsg_flags: NLM_F_* bits. */
  readonly flags: number;
  /** nlmsg_seq. */
  readonly sequence: number;
  /** nlmsg_pid: what the message says, not who sent it; that is {@link Sender.portId}. */
  readonly portId: number;
  /** What follows the header, copied: into memory of its own, or of the caller's if the receive was given some. */
  readonly payload: Uint8Array;
  /** Where the datagram came from. */
  readonly sender: Sender;
}

/** Copies the bytes of datagram `index` from `start` to `end`, counted as its offset is. */
export type CopyPayload = (batch: DatagramBatch, index: number, start: number, end: number) => Uint8Array;

/**
 * Copies the messages of datagram `index`, their payloads with `copy`, and gives each to `take`. Throws
 * ERR_NETLINK_MALFORMED at the first bytes that are no message; the messages before them have been taken. The last message
 * may be unaligned.
 */
export function takeMessages(
  batch: DatagramBatch,
  index: number,
  copy: CopyPayload,
  take: (message: Message) => void,
): void {
  // Not messageEnd(): the words need no view, so a receive allocates only what it returns.
  const words = batch.words(index);
  const start = batch.offset(index);
  const end = start + batch.length(index);
  const sender = senderOf(batch, index);
  for (let at = start; at < end;) {
    const word = at >>> 2;
    const length = (words[word] ?? 0) >>> 0;
    if (end - at < NLMSG_HDRLEN || length < NLMSG_HDRLEN || length > end - at) {
      throw malformed(
        `port ${sender.portId} sent ${end - at} bytes that are no netlink message` +
          (end - at < NLMSG_HDRLEN ? '' : `: their header claims ${length} bytes`),
      );
    }
    const kind = words[word + 1] ?? 0;
    take({
      type: LITTLE_ENDIAN_HOST ? kind & 0xffff : kind >>> 16,
      flags: LITTLE_ENDIAN_HOST ? kind >>> 16 : kind & 0xffff,
      sequence: (words[word + 2] ?? 0) >>> 0,
      portId: (words[word + 3] ?? 0) >>> 0,
      payload: copy(batch, index, at + NLMSG_HDRLEN, at + length),
      sender,
    });
    at += align4(length);
  }
}

/** Who sent datagram `index`. */
export function senderOf(batch: DatagramBatch, index: number): Sender {
  const portId = batch.portId(index);
  const group = batch.group(index);
  const namespaceId = batch.namespaceId(index);
  const credentials = batch.credentials(index);
  if (namespaceId === undefined && credentials === undefined) return { portId, group };
  return {
    portId,
    group,
    ...(namespaceId === undefined ? {} : { namespaceId }),
    ...(credentials === undefined ? {} : { credentials }),
  };
}
