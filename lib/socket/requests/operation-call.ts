import type { Operation } from '../../wire/operation.js';

/** A message to send: an operation, which encodes and decodes it, and the values for it. */
export interface OperationCall<Input, Reply> {
  /** What is called. */
  readonly operation: Operation<Input, Reply>;
  /** nlmsg_type. */
  readonly type: number;
  /** nlmsg_flags in addition to those that the kind of request sets itself. */
  readonly flags: number;
  /** What it is called with. */
  readonly input: Input;
}
