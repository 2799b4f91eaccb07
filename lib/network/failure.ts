import { NetlinkError } from '../errors.js';

/**
 * The error for something that the caller asked for and the kernel refused: `add address 192.0.2.1/24 to 'eth0': EEXIST: …`.
 * The kernel's own error is its `cause`; errors of other kinds (a signal's reason, a closed socket) stay as they are.
 */
export function failed(
  attempt: string,
  error: unknown,
  hints: Readonly<Record<string, string>> = {},
): unknown {
  if (!(error instanceof NetlinkError) || error.operation === undefined) return error;
  const [, reason = error.message] = error.message.split(/ failed: (.*)/s);
  const { code, errno, extack, operation, subject } = error;
  const hint = hints[code];
  const message = `${attempt}: ${reason}${hint === undefined ? '' : `. ${hint}`}`;
  return new NetlinkError(message, { code, errno, extack, operation, subject, cause: error });
}

/** The result of a request, or the error that names what it was for. */
export async function attempted<Result>(attempt: string, result: Promise<Result>): Promise<Result> {
  try {
    return await result;
  } catch (error) {
    throw failed(attempt, error);
  }
}

/** The error for an object that `get` did not find. */
export function notFound(attempt: string, what: string): NetlinkError {
  return new NetlinkError(`${attempt}: ENOENT: ${what}`, { code: 'ENOENT', errno: 2 });
}
