import { invalidArgument } from '../../errors.js';
import type { ExtendedAck } from '../../wire/extended-ack.js';
import { checkSignal } from '../abort.js';

/** The options of every call that waits for an answer. */
export interface CallOptions {
  /** Ends the wait: the promise is rejected with the signal's reason. What was sent takes effect all the same. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds to wait for the answer, `Infinity` for no limit. Default: the socket's `requestTimeout`. */
  readonly timeout?: number | undefined;
  /** Called with a warning or a cookie that came with success, before the promise is resolved. */
  readonly onWarning?: ((extack: ExtendedAck) => void) | undefined;
}

/** The options of a call without any. */
export const NO_OPTIONS = {} as const satisfies CallOptions;

/**
 * The options, each read once and checked. Options are the caller's code, since they may have
 * getters: what reads them again later might get something else, or an error in the middle of its work.
 */
export function readCallOptions(options: CallOptions): CallOptions {
  if (options === NO_OPTIONS) return options;
  const { signal, timeout, onWarning } = options;
  if (signal === undefined && timeout === undefined && onWarning === undefined) return NO_OPTIONS;
  checkSignal(signal);
  if (timeout !== undefined) checkTimeout(timeout);
  if (onWarning !== undefined && typeof onWarning !== 'function') {
    throw invalidArgument(`onWarning must be a function, got ${typeof onWarning}`);
  }
  return { signal, timeout, onWarning };
}

/** Throws ERR_NETLINK_INVALID_ARGUMENT unless it is a number of milliseconds, or Infinity. */
export function checkTimeout(timeout: unknown): void {
  if (typeof timeout === 'number' && timeout > 0) return;
  const given = typeof timeout === 'string' ? JSON.stringify(timeout) : shown(timeout);
  throw invalidArgument(
    `timeout is ${given}; it must be a number of milliseconds above 0, or Infinity for no limit`,
  );
}

function shown(value: unknown): string {
  return typeof value === 'number' || value === null || value === undefined ? String(value) : typeof value;
}
