import type { BodySpec, OperationSpec } from './model.js';

/** What the messages of an operation consist of: its own body, and those of requests that differ from it. */
export function operationBodies({ body, do: once, dump }: OperationSpec): readonly BodySpec[] {
  return [body, once?.request.body, dump?.request.body].filter((each) => each !== undefined);
}
