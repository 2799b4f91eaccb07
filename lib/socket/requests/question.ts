import type { Operation } from '../../wire/operation.js';
import type { MakeResult } from '../engine/request-transaction.js';

/** A message to send: how it is written and read, and the values for it. */
export interface Call<Input, Reply> {
  readonly operation: Operation<Input, Reply>;
  readonly type: number;
  readonly flags: number;
  readonly input: Input;
}

/** A request to send, and what makes of its answer what the caller gets. */
export interface Question<Input, Reply> extends Call<Input, Reply> {
  readonly makeResult: MakeResult;
}
