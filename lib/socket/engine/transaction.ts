import { NetlinkError } from '../../errors.js';
import type { WireView } from '../../wire/view.js';

/**
 * One conversation with the peer: a request under one or more sequence numbers, and its answers. The engine calls the `on`
 * methods, never after the transaction is settled.
 *
 * An interface rather than a base class: transactions are allocated per request, and V8 inlines only constructors of classes
 * without `extends`. To check on a newer V8, put a base class here and compare `npm run bench -- --case inflight`.
 */
export interface Transaction {
  /** The first of its sequence numbers; the engine assigns it. */
  sequence: number;
  /** How many consecutive sequence numbers it has. */
  readonly count: number;
  /** How many messages answer it if all goes well. */
  readonly answers: number;
  readonly settled: boolean;
  /** Whether the engine was told that it was sent: its answers can come. */
  sent: boolean;
  /** Whether its answers may be marked with a multicast group: NLM_F_ECHO requests the group's own message. */
  readonly echoes: boolean;

  /** A message other than a control message. `at` is its header's offset. May throw: that fails the transaction. */
  onMessage(view: WireView, at: number, end: number, flags: number, sequence: number): void;
  /** NLMSG_ERROR without an error. */
  onAcknowledgement(view: WireView, at: number, end: number, sequence: number): void;
  /** NLMSG_DONE without an error. */
  onDone(view: WireView, at: number, end: number, sequence: number): void;
  /** NLMSG_ERROR or NLMSG_DONE with an error. */
  onRefusal(errno: number, view: WireView, at: number, end: number, sequence: number): void;
  /** Ends everything that is still open with an error. */
  fail(error: unknown): void;

  /** An answer to that sequence number cannot be decoded. */
  onUndecodable(cause: unknown, sequence: number): void;
}

/** The error for a reply that cannot be decoded; `cause` is what the decoder threw. */
export function undecodable(operation: string, cause: unknown): NetlinkError {
  const reason = describe(cause);
  return new NetlinkError(`${operation}: the reply cannot be decoded: ${reason}`, {
    code: 'ERR_NETLINK_MALFORMED',
    operation,
    cause,
  });
}

/** What was thrown, in words. It may be any value, and its text the caller's code. */
function describe(thrown: unknown): string {
  try {
    return thrown instanceof Error ? thrown.message : String(thrown);
  } catch {
    return 'the decoder threw a value without a text';
  }
}
