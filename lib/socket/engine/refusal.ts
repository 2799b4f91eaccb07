import { errnoName, NetlinkError } from '../../errors.js';
import { NLMSG_HDRLEN } from '../../wire/constants.js';
import type { AttributeSet } from '../../wire/description.js';
import { type AttributePolicy, type ExtendedAck, locateInRequest } from '../../wire/extended-ack.js';
import { WireView } from '../../wire/view.js';

/** What errors need to know about a request: an {@link Operation} of generated code is one. */
export interface RequestDescription {
  /** The operation's name: `'RTM_NEWLINK'`. */
  readonly name: string;
  /** Bytes between the message header and the first attribute; without it, errors show offsets in place of paths. */
  readonly headerLength?: number | undefined;
  readonly attributes?: AttributeSet | (() => AttributeSet) | undefined;
  readonly capability?: string | undefined;
  readonly subject?: ((view: WireView, offset: number, end: number) => string | undefined) | undefined;
}

/** In words, for where the kernel gave none: what these numbers mean in answers to netlink requests. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such object',
  ESRCH: 'there is no such entry',
  ENOMEM: 'the kernel has no memory for it',
  EBUSY: 'the object is in use, or an operation on it is under way',
  EEXIST: 'it exists already',
  ENODEV: 'there is no such device',
  EINVAL: 'the kernel finds the request invalid and gave no reason',
  ERANGE: 'an attribute has a length or value that the kernel does not take',
  ENOBUFS: 'the kernel has no room for it',
  EOPNOTSUPP: 'this kernel, driver or object does not support it',
  ENOTSUPP: 'this kernel, driver or object does not support it',
  EAFNOSUPPORT: 'this kernel has no such address family here',
  EADDRINUSE: 'the address is taken',
  EADDRNOTAVAIL: 'there is no such address here',
  ENETDOWN: 'the device is down',
  ENETUNREACH: 'no route leads there',
  EMSGSIZE: 'the message or its answer is too large',
};

/** Names the attributes that an extended acknowledgement points at in `sent`, the request's bytes. */
export function explain(extack: ExtendedAck, request: RequestDescription, sent: Uint8Array): ExtendedAck {
  const { attributes, headerLength } = request;
  return locateInRequest(extack, {
    bytes: new WireView(sent),
    headerLength,
    attributes: typeof attributes === 'function' ? attributes() : attributes,
  });
}

/**
 * The error for a request that the kernel refused with `errno`: `RTM_NEWLINK 'eth0' failed: EINVAL: reason (at linkinfo.data.mtu)`.
 * `sent` is the request's bytes.
 */
export function refusal(
  request: RequestDescription,
  errno: number,
  extack: ExtendedAck | undefined,
  sent: Uint8Array,
): NetlinkError {
  const code = errnoName(errno);
  const subject = subjectOf(request, sent);
  const parts = [
    `${request.name}${subject === undefined ? '' : ` ${subject}`} failed: ${code}`,
    reason(request, code, extack),
    extack === undefined ? '' : details(extack),
  ];
  return new NetlinkError(parts.join(''), { code, errno, operation: request.name, subject, extack });
}

function subjectOf(request: RequestDescription, sent: Uint8Array): string | undefined {
  try {
    return request.subject?.(new WireView(sent), NLMSG_HDRLEN, sent.length);
  } catch {
    // It only adds to the error: what cannot be read back leaves it out.
    return undefined;
  }
}

function reason(request: RequestDescription, code: string, extack: ExtendedAck | undefined): string {
  if (extack?.message !== undefined) {
    return `: ${extack.message}${code === 'EPERM' ? ` (${neededCapability(request)})` : ''}`;
  }
  if (code === 'EPERM') return `: ${neededCapability(request)}`;
  if (extack?.missing !== undefined) return ': an attribute is missing';
  const words = REASONS[code];
  return words === undefined ? '' : `: ${words}`;
}

function neededCapability({ capability }: RequestDescription): string {
  return capability === undefined
    ? 'the operation needs a capability, CAP_NET_ADMIN for most'
    : `the operation needs ${capability} in the user namespace that owns this network namespace`;
}

function details({ path, offset, missing, policy }: ExtendedAck): string {
  const found: string[] = [];
  if (missing !== undefined) found.push(`missing ${missing.path ?? `attribute ${missing.type}`}`);
  if (path !== undefined) found.push(`at ${path}`);
  else if (offset !== undefined && missing === undefined) found.push(`at byte ${offset} of the request`);
  if (policy !== undefined) found.push(...allowed(policy));
  return found.length === 0 ? '' : ` (${found.join('; ')})`;
}

function allowed({ minimum, maximum, minimumLength, maximumLength, mask, type }: AttributePolicy): string[] {
  const found: string[] = [];
  if (minimum !== undefined || maximum !== undefined) {
    found.push(`allowed ${minimum ?? ''}..${maximum ?? ''}`);
  }
  if (minimumLength !== undefined || maximumLength !== undefined) {
    found.push(`allowed length ${minimumLength ?? 0}..${maximumLength ?? ''}`);
  }
  if (mask !== undefined) found.push(`allowed bits 0x${mask.toString(16)}`);
  if (found.length === 0 && type !== undefined) found.push(`expected ${type}`);
  return found;
}
