import { errnoNumber, invalidArgument } from '../errors.js';
import { checkOptions, type KnownNames, namesOf } from '../known-names.js';
import { shown } from '../shown-value.js';
import { align4 } from '../wire/byte-order.js';
import {
  NLM_F_ACK_TLVS,
  NLM_F_CAPPED,
  NLM_F_DUMP_INTR,
  NLM_F_MULTI,
  NL_POLICY_TYPE_ATTR_MASK,
  NL_POLICY_TYPE_ATTR_MAX_LENGTH,
  NL_POLICY_TYPE_ATTR_MAX_VALUE_U,
  NL_POLICY_TYPE_ATTR_MIN_LENGTH,
  NL_POLICY_TYPE_ATTR_MIN_VALUE_U,
  NLMSG_DONE,
  NLMSG_ERROR,
  NLMSG_HDRLEN,
  NLMSGERR_ATTR_COOKIE,
  NLMSGERR_ATTR_MISS_NEST,
  NLMSGERR_ATTR_MISS_TYPE,
  NLMSGERR_ATTR_MSG,
  NLMSGERR_ATTR_OFFS,
  NLMSGERR_ATTR_POLICY,
} from '../wire/constants.js';
import type { AttributePolicy, ExtendedAck } from '../wire/extended-ack.js';
import type { NetlinkMessage } from '../wire/messages.js';
import { WireWriter } from '../wire/writer.js';

// Builders of what a kernel sends. Each returns one message of the length in its header; `datagram` concatenates them.

/** The values of a message to build; omitted ones are zero or empty. */
export interface MessageValues {
  /** nlmsg_type, 0 to 65535. */
  readonly type: number;
  /** nlmsg_flags. Default: 0. */
  readonly flags?: number;
  /** nlmsg_seq. Default: 0. */
  readonly sequence?: number;
  /** nlmsg_pid. Default: 0. */
  readonly portId?: number;
  /** Everything after the netlink header. Default: empty. */
  readonly payload?: Uint8Array;
  /** Who sent a received message: not part of its bytes, so that one can be passed as it came. */
  readonly sender?: unknown;
}

/** The parts of a request that answers repeat. */
export type Answered = Pick<NetlinkMessage, 'type' | 'flags' | 'sequence' | 'portId' | 'payload'>;

const VALUES: KnownNames = namesOf<MessageValues>({
  type: true,
  flags: true,
  sequence: true,
  portId: true,
  payload: true,
  sender: true,
});
const REFUSE_OPTIONS: KnownNames = namesOf<{ capped: boolean }>({ capped: true });
const DONE_OPTIONS: KnownNames = namesOf<DoneOptions>({ errno: true, extack: true, interrupted: true });
const MULTIPART_OPTIONS: KnownNames = namesOf<MultipartOptions>({ type: true, interrupted: true });

/** Options of `done`. */
export interface DoneOptions {
  /** The error that the dump failed with while it ran: an errno (`19`) or its name (`'ENODEV'`). */
  readonly errno?: number | string;
  /** The extended acknowledgement that the kernel would add. */
  readonly extack?: ExtendedAck;
  /** NLM_F_DUMP_INTR: something changed while the dump ran. Default: false. */
  readonly interrupted?: boolean;
}

/** Options of `multipart`. */
export interface MultipartOptions {
  /** The type of the messages. Default: that of the request. */
  readonly type?: number;
  /** NLM_F_DUMP_INTR: something changed while the dump ran. Default: false. */
  readonly interrupted?: boolean;
}

/** Any message at all. */
export function message(values: MessageValues): Uint8Array {
  checkOptions('message', values, VALUES);
  const { type, flags = 0, sequence = 0, portId = 0, payload } = values;
  const length = NLMSG_HDRLEN + (payload?.length ?? 0);
  const writer = new WireWriter();
  writer.messageStart(type, flags, sequence, portId);
  if (payload !== undefined) writer.append(payload);
  writer.messageEnd(length);
  return writer.finish().subarray(0, length);
}

/** A reply to `request`, by default of the same type. */
export function reply(
  request: Answered,
  payload?: Uint8Array,
  values: Partial<MessageValues> = {},
): Uint8Array {
  const { type, sequence, portId } = request;
  checkOptions('reply', values, VALUES);
  return message({ type, sequence, portId, ...(payload === undefined ? {} : { payload }), ...values });
}

/** The acknowledgement of `request`; an extended one holds a warning or a cookie. */
export function acknowledge(request: Answered, extack?: ExtendedAck): Uint8Array {
  return errorMessage(request, 0, extack, true);
}

/**
 * The refusal of `request`: an errno (`19`) or its name (`'ENODEV'`), and an extended acknowledgement.
 * With `capped: false` the whole request is repeated, as the kernel does when NETLINK_CAP_ACK is off.
 */
export function refuse(
  request: Answered,
  errno: number | string,
  extack?: ExtendedAck,
  options: { readonly capped?: boolean } = {},
): Uint8Array {
  checkOptions('refuse', options, REFUSE_OPTIONS);
  return errorMessage(request, errnoOf(errno), extack, options.capped ?? true);
}

/** The end of a dump, with an errno if it failed while it ran. */
export function done(request: Answered, options: DoneOptions = {}): Uint8Array {
  checkOptions('done', options, DONE_OPTIONS);
  const { errno = 0, extack, interrupted = false } = options;
  const writer = new WireWriter();
  const flags =
    NLM_F_MULTI | (extack === undefined ? 0 : NLM_F_ACK_TLVS) | (interrupted ? NLM_F_DUMP_INTR : 0);
  writer.messageStart(NLMSG_DONE, flags, request.sequence, request.portId);
  writer.putS32(writer.space(4), -errnoOf(errno));
  if (extack !== undefined) writeExtendedAck(writer, extack);
  writer.messageEnd();
  return writer.finish();
}

/** A whole dump: a message for each payload, and the end. */
export function multipart(
  request: Answered,
  payloads: readonly Uint8Array[],
  options: MultipartOptions = {},
): Uint8Array[] {
  checkOptions('multipart', options, MULTIPART_OPTIONS);
  const { type = request.type, interrupted = false } = options;
  const flags = NLM_F_MULTI | (interrupted ? NLM_F_DUMP_INTR : 0);
  return [
    ...payloads.map((payload) => reply(request, payload, { type, flags })),
    done(request, { interrupted }),
  ];
}

/** Messages as one datagram; each but the last is padded to four bytes. */
export function datagram(...messages: readonly Uint8Array[]): Uint8Array {
  const starts: number[] = [];
  let length = 0;
  let end = 0;
  for (const bytes of messages) {
    starts.push(length);
    end = length + bytes.length;
    length += align4(bytes.length);
  }
  const bytes = new Uint8Array(end);
  messages.forEach((part, index) => bytes.set(part, starts[index]));
  return bytes;
}

function errnoOf(errno: number | string): number {
  const number = typeof errno === 'string' ? errnoNumber(errno) : errno;
  if (number === undefined) throw invalidArgument(`unknown errno ${shown(errno)}`);
  return number;
}

function errorMessage(
  request: Answered,
  errno: number,
  extack: ExtendedAck | undefined,
  capped: boolean,
): Uint8Array {
  const writer = new WireWriter();
  const flags = (capped ? NLM_F_CAPPED : 0) | (extack === undefined ? 0 : NLM_F_ACK_TLVS);
  writer.messageStart(NLMSG_ERROR, flags, request.sequence, request.portId);
  writer.putS32(writer.space(4), -errno);
  const header = writer.space(NLMSG_HDRLEN);
  writer.putU32(header, NLMSG_HDRLEN + request.payload.length);
  writer.putU16(header + 4, request.type);
  writer.putU16(header + 6, request.flags);
  writer.putU32(header + 8, request.sequence);
  writer.putU32(header + 12, request.portId);
  if (!capped) writer.append(request.payload);
  if (extack !== undefined) writeExtendedAck(writer, extack);
  writer.messageEnd();
  return writer.finish();
}

function writeExtendedAck(writer: WireWriter, extack: ExtendedAck): void {
  const { message: text, offset, cookie, missing, policy } = extack;
  if (text !== undefined) writer.string(NLMSGERR_ATTR_MSG, text);
  if (offset !== undefined) writer.u32(NLMSGERR_ATTR_OFFS, offset);
  if (cookie !== undefined) writer.binary(NLMSGERR_ATTR_COOKIE, cookie);
  if (policy !== undefined) writePolicy(writer, policy);
  if (missing === undefined) return;
  writer.u32(NLMSGERR_ATTR_MISS_TYPE, missing.type);
  if (missing.nestOffset !== undefined) writer.u32(NLMSGERR_ATTR_MISS_NEST, missing.nestOffset);
}

function writePolicy(writer: WireWriter, policy: AttributePolicy): void {
  const { minimum, maximum, minimumLength, maximumLength, mask } = policy;
  writer.nestStart(NLMSGERR_ATTR_POLICY);
  if (minimum !== undefined) writer.u64(NL_POLICY_TYPE_ATTR_MIN_VALUE_U, minimum);
  if (maximum !== undefined) writer.u64(NL_POLICY_TYPE_ATTR_MAX_VALUE_U, maximum);
  if (minimumLength !== undefined) writer.u32(NL_POLICY_TYPE_ATTR_MIN_LENGTH, minimumLength);
  if (maximumLength !== undefined) writer.u32(NL_POLICY_TYPE_ATTR_MAX_LENGTH, maximumLength);
  if (mask !== undefined) writer.u64(NL_POLICY_TYPE_ATTR_MASK, mask);
  writer.nestEnd();
}
