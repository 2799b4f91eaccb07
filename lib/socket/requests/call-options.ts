import { invalidArgument } from '../../errors.js';
import type { ExtendedAck } from '../../wire/extended-ack.js';

/** The options of every call that waits for an answer. */
export interface CallOptions {
  /** Ends the wait: the promise is rejected with the signal's reason. What was sent takes effect all the same. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds to wait for the answer, `Infinity` for no limit. Default: the socket's `requestTimeout`. */
  readonly timeout?: number | undefined;
  /** Called with a warning or a cookie that came with success, before the promise is resolved. */
  readonly onWarning?: ((extack: ExtendedAck) => void) | undefined;
}

/** Throws ERR_NETLINK_INVALID_ARGUMENT unless it is a number of milliseconds, or Infinity. */
export function checkTimeout(timeout: number): void {
  if (timeout > 0) return;
  throw invalidArgument(
    `timeout is ${String(timeout)}; it must be a number of milliseconds above 0, or Infinity for no limit`,
  );
}
