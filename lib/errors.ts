import { type ErrnoCode, errnoName } from './errno.js';
import { CallerStack, limitStack } from './caller-stack.js';
import type { ExtendedAck } from './extended-ack.js';

export { errnoName, errnoNumber } from './errno.js';

/** Codes of errors that the library itself raises; kernel errors carry the errno's name instead (`'ENODEV'`). */
export type LibraryErrorCode =
  /** Netlink cannot work here: another system, or Electron. */
  | 'ERR_NETLINK_UNSUPPORTED'
  /** Netlink could work here, but the native addon is missing, broken or forbidden: a fault of the installation. */
  | 'ERR_NETLINK_ADDON'
  /** The socket was closed, before the call or while it waited. */
  | 'ERR_NETLINK_CLOSED'
  /** An argument or an option is unusable; nothing was sent. */
  | 'ERR_NETLINK_INVALID_ARGUMENT'
  /** The kernel, or another peer, sent bytes that are not a netlink message. */
  | 'ERR_NETLINK_MALFORMED'
  /** A family's specification is wrong, or is not a specification at all. */
  | 'ERR_NETLINK_INVALID_SPEC'
  /** The kernel acknowledged a request that it should have answered with data. */
  | 'ERR_NETLINK_NO_REPLY'
  /** No answer came within the time allowed. */
  | 'ERR_NETLINK_TIMEOUT'
  /** The receive buffer overran: the kernel dropped messages (ENOBUFS). */
  | 'ERR_NETLINK_OVERRUN'
  /** A datagram was longer than the memory that it was received into; its end is lost. */
  | 'ERR_NETLINK_TRUNCATED'
  /** Something changed during a dump, and during every restart of it: its items are inconsistent (NLM_F_DUMP_INTR). */
  | 'ERR_NETLINK_DUMP_INTERRUPTED';

/** What {@link NetlinkError.code} can be: an errno's name, or one of the library's codes. TypeScript checks a `switch` on it. */
export type NetlinkErrorCode = ErrnoCode | LibraryErrorCode;

/** What a NetlinkError is made of. */
export interface NetlinkErrorOptions {
  /** The error's code. */
  readonly code: NetlinkErrorCode;
  /** The positive errno, if the kernel returned one. */
  readonly errno?: number | undefined;
  /** The system call that failed, for example `'bind'`. */
  readonly syscall?: string | undefined;
  /** The netlink operation that failed, for example `'RTM_NEWLINK'`. */
  readonly operation?: string | undefined;
  /** What the operation was about, for example `"'eth0'"`. */
  readonly subject?: string | undefined;
  /** The kernel's extended acknowledgement. */
  readonly extack?: ExtendedAck | undefined;
  /** What had been received before the failure. */
  readonly partial?: readonly unknown[] | undefined;
  /** The error that led to this one. */
  readonly cause?: unknown;
}

/** What `JSON.stringify` makes of a {@link NetlinkError}; unknown properties are absent. */
export interface NetlinkErrorJson {
  /** Always `'NetlinkError'`. */
  readonly name: 'NetlinkError';
  /** What was tried and what went wrong. */
  readonly message: string;
  /** The errno's name, or a code of the library. */
  readonly code: string;
  /** The kernel's errno as a positive number. */
  readonly errno?: number;
  /** The system call that failed. */
  readonly syscall?: string;
  /** The operation that was tried. */
  readonly operation?: string;
  /** The object that the operation was about. */
  readonly subject?: string;
  /** 64-bit numbers as text, bytes as numbers. */
  readonly extack?: object;
}

/** The class of every error that the package throws. Its stack begins at the line that called the package. */
export class NetlinkError extends Error {
  /** Always `'NetlinkError'`. */
  override readonly name = 'NetlinkError';
  /** The errno's name (`'ENODEV'`), or one of {@link LibraryErrorCode}. */
  readonly code: NetlinkErrorCode;
  /** The kernel's errno as a positive number; undefined if the error is the library's own. */
  readonly errno: number | undefined;
  /** The system call that failed, if one did. */
  readonly syscall: string | undefined;
  /** The operation that was tried, for example `rt-link getlink`. */
  readonly operation: string | undefined;
  /** What the operation was about, as the message shows it: `"'eth0'"`, `"dst '192.0.2.0/24' oif 3"`. */
  readonly subject: string | undefined;
  /** What the kernel reported besides the errno: reason, attribute at fault, missing attribute, policy. */
  readonly extack: ExtendedAck | undefined;
  /** With ERR_NETLINK_DUMP_INTERRUPTED: the items of the dump's last pass, which may lack entries or have them twice. */
  readonly partial: readonly unknown[] | undefined;
  readonly #caller: CallerStack;

  constructor(message: string, options: NetlinkErrorOptions) {
    // The stack is captured below: V8 need not do it twice.
    const limit = limitStack(0);
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    limitStack(limit);
    this.code = options.code;
    this.errno = options.errno;
    this.syscall = options.syscall;
    this.operation = options.operation;
    this.subject = options.subject;
    this.extack = options.extack;
    this.partial = options.partial;
    this.#caller = new CallerStack();
    Object.defineProperty(this, 'stack', NetlinkError.#stack);
  }

  /** The properties that are set, for logs; `extack` with 64-bit numbers as text and bytes as numbers. */
  toJSON(): NetlinkErrorJson {
    const { name, message, code, errno, syscall, operation, subject, extack } = this;
    const properties = { errno, syscall, operation, subject, extack: extack && plain(extack) };
    return { name, message, code, ...present(properties) };
  }

  /** What `console.log` prints: the message, the caller's lines, and what is for programs. */
  [Symbol.for('nodejs.util.inspect.custom')](
    depth: number,
    options: object,
    inspect: (value: unknown, options: object) => string,
  ): string {
    const { code, errno, cause } = this;
    const frames = this.#caller.frames().filter((frame) => !frame.includes('node:'));
    const shown = [heading(this), ...frames].join('\n');
    return depth < 0 ? shown : `${shown} ${inspect(present({ code, errno, cause }), options)}`;
  }

  /** Shared by all errors; formats the stack when it is read. */
  static readonly #stack: PropertyDescriptor = {
    configurable: true,
    enumerable: false,
    get(this: NetlinkError): string {
      return [heading(this), ...this.#caller.frames()].join('\n');
    },
    set(this: NetlinkError, value: unknown): void {
      Object.defineProperty(this, 'stack', { configurable: true, writable: true, value });
    },
  };
}

/**
 * The same error for a promise that is rejected after the call returned: made in a continuation of the caller's `await`,
 * its stack begins there. Other reasons, such as a signal's, stay as they are.
 */
export function atAwait(reason: unknown): unknown {
  return reason instanceof NetlinkError ? new NetlinkError(reason.message, reason) : reason;
}

/**
 * Rejects the promise that `resolve` belongs to with {@link atAwait} of the reason. V8 finds the function that awaits a
 * promise only from a promise that the awaited one was resolved with and that nothing else awaits, and only one microtask
 * after that resolution. The promise must not be settled yet: then nothing would handle this rejection.
 */
export function rejectAtAwait(resolve: (result: Promise<never>) => void, reason: unknown): void {
  const rejection = SETTLED.then(nothing)
    .then(nothing)
    .then((): never => {
      throw atAwait(reason) as Error;
    });
  resolve(rejection);
}

const SETTLED = Promise.resolve();

function nothing(): void {
  // Awaited only to let one microtask pass.
}

function heading({ name, message }: NetlinkError): string {
  return `${name}: ${message}`;
}

type Present<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

/** The properties that have a value. */
function present<T extends object>(properties: T): Present<T> {
  return Object.fromEntries(
    Object.entries(properties).filter(([, value]) => value !== undefined),
  ) as Present<T>;
}

/** A value in a form that JSON can hold. */
function plain(value: object): object {
  const json = JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner === 'bigint') return String(inner);
    return inner instanceof Uint8Array ? [...inner] : inner;
  });
  return JSON.parse(json) as object;
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

/** The error for bytes that are not a well-formed message or attribute. */
export function malformed(message: string): NetlinkError {
  return new NetlinkError(message, { code: 'ERR_NETLINK_MALFORMED' });
}

/** The error for calls on a closed socket, and for calls that were pending when it closed. */
export function closed(): NetlinkError {
  return new NetlinkError('the netlink socket is closed', { code: 'ERR_NETLINK_CLOSED' });
}
