import { NetlinkError } from '../errors.js';
import {
  type AttributePolicy,
  type ExtendedAck,
  type MissingAttribute,
  POLICY_TYPES,
} from '../extended-ack.js';
import { AttributeReader } from './attributes.js';
import { joinPath, locateAttribute } from './attribute-path.js';
import { align4 } from './byte-order.js';
import {
  NL_POLICY_TYPE_ATTR_BITFIELD32_MASK,
  NL_POLICY_TYPE_ATTR_MASK,
  NL_POLICY_TYPE_ATTR_MAX_LENGTH,
  NL_POLICY_TYPE_ATTR_MAX_VALUE_S,
  NL_POLICY_TYPE_ATTR_MAX_VALUE_U,
  NL_POLICY_TYPE_ATTR_MIN_LENGTH,
  NL_POLICY_TYPE_ATTR_MIN_VALUE_S,
  NL_POLICY_TYPE_ATTR_MIN_VALUE_U,
  NL_POLICY_TYPE_ATTR_TYPE,
  NLM_F_ACK_TLVS,
  NLM_F_CAPPED,
  NLMSG_DONE,
  NLMSG_HDRLEN,
  NLMSGERR_ATTR_COOKIE,
  NLMSGERR_ATTR_MISS_NEST,
  NLMSGERR_ATTR_MISS_TYPE,
  NLMSGERR_ATTR_MSG,
  NLMSGERR_ATTR_OFFS,
  NLMSGERR_ATTR_POLICY,
} from './constants.js';
import type { AttributeSet } from './description.js';
import { messageFlags, messageLength, messageType } from './messages.js';
import type { WireView } from './view.js';

export type { AttributePolicy, ExtendedAck, MissingAttribute, PolicyType } from '../extended-ack.js';

/** Bytes of the error number at the start of NLMSG_ERROR and NLMSG_DONE. */
const ERRNO_LENGTH = 4;

/** The errno of an NLMSG_ERROR or NLMSG_DONE; zero for success, also for a bare NLMSG_DONE as user space sends it. */
export function acknowledgedErrno(view: WireView, at: number, end: number): number {
  if (messageType(view, at) === NLMSG_DONE && end - at < NLMSG_HDRLEN + ERRNO_LENGTH) return 0;
  const value = view.s32(at + NLMSG_HDRLEN, end);
  return value < 0 ? -value : 0;
}

/**
 * The extended acknowledgement in an NLMSG_ERROR or NLMSG_DONE, which place it differently; undefined if there is none.
 * Returns the readable part of a malformed one, since the errno before it is still valid.
 */
export function decodeExtendedAck(view: WireView, at: number, end: number): ExtendedAck | undefined {
  if ((messageFlags(view, at) & NLM_F_ACK_TLVS) === 0) return undefined;
  const ack: Mutable<ExtendedAck> = {};
  const missing: Mutable<Partial<MissingAttribute>> = {};
  try {
    const reader = new AttributeReader(view, extendedAckStart(view, at, end), end);
    while (reader.next()) takeAttribute(reader, ack, missing);
  } catch (error) {
    if (!isMalformed(error)) throw error;
  }
  if (missing.type !== undefined) ack.missing = { ...missing, type: missing.type };
  return ack;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

function takeAttribute(
  reader: AttributeReader,
  ack: Mutable<ExtendedAck>,
  missing: Mutable<Partial<MissingAttribute>>,
): void {
  switch (reader.type) {
    case NLMSGERR_ATTR_MSG:
      ack.message = reader.string();
      break;
    case NLMSGERR_ATTR_OFFS:
      ack.offset = reader.u32();
      break;
    case NLMSGERR_ATTR_COOKIE:
      ack.cookie = reader.binary();
      break;
    case NLMSGERR_ATTR_POLICY:
      ack.policy = decodePolicy(reader.nested());
      break;
    case NLMSGERR_ATTR_MISS_TYPE:
      missing.type = reader.u32();
      break;
    case NLMSGERR_ATTR_MISS_NEST:
      missing.nestOffset = reader.u32();
      break;
  }
}

function isMalformed(error: unknown): boolean {
  return error instanceof NetlinkError && error.code === 'ERR_NETLINK_MALFORMED';
}

/** After the errno, NLMSG_ERROR repeats the request's header, and the whole request unless its flags say that it is capped. */
function extendedAckStart(view: WireView, at: number, end: number): number {
  const behindErrno = at + NLMSG_HDRLEN + ERRNO_LENGTH;
  if (messageType(view, at) === NLMSG_DONE) return behindErrno;
  if ((messageFlags(view, at) & NLM_F_CAPPED) !== 0) return behindErrno + NLMSG_HDRLEN;
  const requestLength = view.u32(behindErrno, end);
  return requestLength > end - behindErrno ? end : behindErrno + align4(requestLength);
}

/** Reads a policy, as acknowledgements and CTRL_CMD_GETPOLICY describe it. */
export function decodePolicy(reader: AttributeReader): AttributePolicy {
  const policy: Mutable<AttributePolicy> = {};
  while (reader.next()) {
    switch (reader.type) {
      case NL_POLICY_TYPE_ATTR_TYPE: {
        const type = reader.u32();
        policy.type = POLICY_TYPES[type] ?? `${type}`;
        break;
      }
      case NL_POLICY_TYPE_ATTR_MIN_VALUE_S:
        policy.minimum = reader.s64();
        break;
      case NL_POLICY_TYPE_ATTR_MAX_VALUE_S:
        policy.maximum = reader.s64();
        break;
      case NL_POLICY_TYPE_ATTR_MIN_VALUE_U:
        policy.minimum = reader.u64();
        break;
      case NL_POLICY_TYPE_ATTR_MAX_VALUE_U:
        policy.maximum = reader.u64();
        break;
      case NL_POLICY_TYPE_ATTR_MIN_LENGTH:
        policy.minimumLength = reader.u32();
        break;
      case NL_POLICY_TYPE_ATTR_MAX_LENGTH:
        policy.maximumLength = reader.u32();
        break;
      case NL_POLICY_TYPE_ATTR_BITFIELD32_MASK:
        policy.mask = BigInt(reader.u32());
        break;
      case NL_POLICY_TYPE_ATTR_MASK:
        policy.mask = reader.u64();
        break;
    }
  }
  return policy;
}

/** A request as it was sent, and what is known about its layout. */
export interface SentRequest {
  /** The message, header included. */
  readonly bytes: WireView;
  /** Bytes between the message header and the first attribute; undefined if unknown. */
  readonly headerLength: number | undefined;
  /** The attribute set of the request, for the path to the attribute at fault. */
  readonly attributes: AttributeSet | undefined;
}

/** Adds the paths of the attributes that an extended acknowledgement points at; adds none if the request has no attributes. */
export function locateInRequest(ack: ExtendedAck, request: SentRequest): ExtendedAck {
  if (request.headerLength === undefined) return ack;
  try {
    return withPaths(ack, request, request.headerLength);
  } catch (error) {
    if (!isMalformed(error)) throw error;
    return ack;
  }
}

function withPaths(ack: ExtendedAck, { bytes, attributes }: SentRequest, headerLength: number): ExtendedAck {
  const start = NLMSG_HDRLEN + headerLength;
  const end = messageLength(bytes, 0, bytes.length);
  const path =
    ack.offset === undefined ? undefined : locateAttribute(bytes, start, end, ack.offset, attributes)?.path;
  const missing = ack.missing && locateMissing(ack.missing, bytes, start, end, attributes);
  return {
    ...ack,
    ...(path === undefined ? {} : { path }),
    ...(missing === undefined ? {} : { missing }),
  };
}

function locateMissing(
  missing: MissingAttribute,
  bytes: WireView,
  start: number,
  end: number,
  attributes: AttributeSet | undefined,
): MissingAttribute {
  const { nestOffset, type } = missing;
  const nest =
    nestOffset === undefined
      ? { path: '', inside: attributes }
      : locateAttribute(bytes, start, end, nestOffset, attributes);
  if (nest === undefined) return missing;
  return { ...missing, path: joinPath(nest.path, nest.inside?.[type]?.name ?? String(type)) };
}
