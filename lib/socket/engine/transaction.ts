import { NetlinkError } from '../../errors.js';
import type { WireView } from '../../wire/view.js';

/**
 * One conversation with the peer: what was asked under one or more sequence numbers, and what came back. The engine
 * calls the `on` methods, never one after the transaction is settled. No class, since one is made for each request, and
 * V8 makes objects of a class that extends no other at once.
 */
export interface Transaction {
  /** The first of its sequence numbers; the engine gives it. */
  sequence: number;
  /** How many sequence numbers it has, one behind the other. */
  readonly count: number;
  /** How many messages answer it if all goes well. */
  readonly answers: number;
  readonly settled: boolean;
  /** Whether its answers may be marked with a multicast group: what NLM_F_ECHO asks for is the group's own message. */
  readonly echoes: boolean;

  /** A message that is no control message. `at` is its header's offset. May throw: that fails the transaction. */
  onMessage(view: WireView, at: number, end: number, flags: number, sequence: number): void;
  /** NLMSG_ERROR without an error. */
  onAcknowledgement(view: WireView, at: number, end: number, sequence: number): void;
  /** NLMSG_DONE without an error. */
  onDone(view: WireView, at: number, end: number, sequence: number): void;
  /** NLMSG_ERROR or NLMSG_DONE with an error. */
  onRefusal(errno: number, view: WireView, at: number, end: number, sequence: number): void;
  /** Ends whatever is still open with an error. */
  fail(error: unknown): void;

  /** An answer to that sequence number cannot be decoded. */
  onUndecodable(cause: unknown, sequence: number): void;
}

/** The error for a reply that cannot be read, around whatever reading it threw. */
export function undecodable(operation: string, cause: unknown): NetlinkError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new NetlinkError(`${operation}: the reply cannot be decoded: ${reason}`, {
    code: 'ERR_NETLINK_MALFORMED',
    operation,
    cause,
  });
}
