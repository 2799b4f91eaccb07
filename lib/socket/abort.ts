import { invalidArgument } from '../errors.js';

/** The callbacks that wait for each signal, and the one listener that calls them. */
interface Waiting {
  readonly callbacks: Set<() => void>;
  readonly listener: () => void;
}

const waiting = new WeakMap<AbortSignal, Waiting>();

/**
 * Calls `callback` when the signal is aborted. Returns a function that takes that back.
 *
 * A signal has one listener, however many calls wait for it: Node warns of a leak from the eleventh listener on. The
 * listener is removed when no call waits any more.
 */
export function onAbort(signal: AbortSignal | undefined, callback: () => void): () => void {
  if (signal === undefined) return nothing;
  const { callbacks } = waiting.get(signal) ?? listen(signal);
  // Each call gets an entry of its own, even if two pass the same function.
  const entry = () => callback();
  callbacks.add(entry);
  // The caller's code may have aborted it after the call looked: then there is no event any more.
  if (signal.aborted) queueMicrotask(() => callbacks.has(entry) && entry());
  return () => {
    if (!callbacks.delete(entry) || callbacks.size > 0) return;
    const current = waiting.get(signal);
    if (current?.callbacks !== callbacks) return;
    waiting.delete(signal);
    signal.removeEventListener('abort', current.listener);
  };
}

/** Throws ERR_NETLINK_INVALID_ARGUMENT for anything but an AbortSignal or undefined. */
export function checkSignal(signal: unknown): void {
  if (signal === undefined) return;
  if (typeof signal === 'object' && signal !== null && 'aborted' in signal && 'throwIfAborted' in signal)
    return;
  throw invalidArgument(`signal must be an AbortSignal, got ${signal === null ? 'null' : typeof signal}`);
}

function listen(signal: AbortSignal): Waiting {
  const callbacks = new Set<() => void>();
  const listener = () => {
    waiting.delete(signal);
    for (const callback of [...callbacks]) callback();
  };
  const made = { callbacks, listener };
  waiting.set(signal, made);
  signal.addEventListener('abort', listener, { once: true });
  return made;
}

function nothing(): void {
  // There is no signal to wait for.
}
