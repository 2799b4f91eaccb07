import { type ErrnoCode, errnoName } from './errno.js';
import type { ExtendedAck } from './wire/extended-ack.js';

export { errnoName, errnoNumber } from './errno.js';

/** Codes of errors that the library itself raises; kernel errors carry the errno's name instead (`'ENODEV'`). */
export type LibraryErrorCode =
  /** Netlink cannot work here: another system, Electron, or a missing addon binary. */
  | 'ERR_NETLINK_UNSUPPORTED'
  /** The socket was closed, before the call or while it waited. */
  | 'ERR_NETLINK_CLOSED'
  /** An argument or an option is unusable; nothing was sent. */
  | 'ERR_NETLINK_INVALID_ARGUMENT'
  /** The kernel, or another peer, sent bytes that are no netlink message. */
  | 'ERR_NETLINK_MALFORMED'
  /** A family's specification is wrong, or is not one. */
  | 'ERR_NETLINK_INVALID_SPEC'
  /** The kernel acknowledged a request that it should have answered with data. */
  | 'ERR_NETLINK_NO_REPLY'
  /** No answer came within the time allowed. */
  | 'ERR_NETLINK_TIMEOUT'
  /** The receive buffer overran: the kernel dropped messages (ENOBUFS). */
  | 'ERR_NETLINK_OVERRUN'
  /** A datagram was longer than the memory it was received into; its end is lost. */
  | 'ERR_NETLINK_TRUNCATED'
  /** A dump was changed under way and stayed inconsistent after every restart (NLM_F_DUMP_INTR). */
  | 'ERR_NETLINK_DUMP_INTERRUPTED';

/** What {@link NetlinkError.code} can be: an errno's name, or a code of the library's own. `switch` on it is checked. */
export type NetlinkErrorCode = ErrnoCode | LibraryErrorCode;

export interface NetlinkErrorOptions {
  readonly code: NetlinkErrorCode;
  /** The positive errno, where the kernel gave one. */
  readonly errno?: number;
  /** The system call that failed, for example `'bind'`. */
  readonly syscall?: string;
  /** The netlink operation that failed, for example `'RTM_NEWLINK'`. */
  readonly operation?: string;
  readonly extack?: ExtendedAck | undefined;
  readonly partial?: readonly unknown[];
  readonly cause?: unknown;
}

/** Every error that leaves the package is one of these. */
export class NetlinkError extends Error {
  override readonly name = 'NetlinkError';
  /** The errno's name (`'ENODEV'`), or one of {@link LibraryErrorCode}. */
  readonly code: NetlinkErrorCode;
  readonly errno: number | undefined;
  readonly syscall: string | undefined;
  readonly operation: string | undefined;
  /** What the kernel said beside the errno: reason, attribute at fault, missing attribute, policy. */
  readonly extack: ExtendedAck | undefined;
  /** With ERR_NETLINK_DUMP_INTERRUPTED: what the dump gave in its last pass, which may lack entries or have them twice. */
  readonly partial: readonly unknown[] | undefined;

  constructor(message: string, options: NetlinkErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code;
    this.errno = options.errno;
    this.syscall = options.syscall;
    this.operation = options.operation;
    this.extack = options.extack;
    this.partial = options.partial;
  }
}

/** The error for a system call that returned `-errno`. `hint` says what to do about it. */
export function systemError(syscall: string, errno: number, hint?: string): NetlinkError {
  const code = errnoName(errno);
  return new NetlinkError(`${syscall} failed: ${code}${hint === undefined ? '' : `: ${hint}`}`, {
    code,
    errno,
    syscall,
  });
}

/** The error for an argument that cannot be used. */
export function invalidArgument(message: string): NetlinkError {
  return new NetlinkError(message, { code: 'ERR_NETLINK_INVALID_ARGUMENT' });
}

/** The error for bytes that are no well-formed message or attribute. */
export function malformed(message: string): NetlinkError {
  return new NetlinkError(message, { code: 'ERR_NETLINK_MALFORMED' });
}

/** The error for whatever is asked of a closed socket, or was pending when it closed. */
export function closed(): NetlinkError {
  return new NetlinkError('the netlink socket is closed', { code: 'ERR_NETLINK_CLOSED' });
}
