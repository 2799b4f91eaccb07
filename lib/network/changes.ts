import { NetlinkError } from '../errors.js';
import type { FamilyBatchResult, FamilyDoOptions } from '../spec/runtime/client.js';
import { failed } from './failure.js';

/** A request that adds, changes or removes an object. */
export interface Change<Request> {
  /** What it does, for errors: `add address 192.0.2.1/24 to 'eth0'`. */
  readonly attempt: string;
  readonly request: Request;
  readonly options: FamilyDoOptions;
  /** What to do about errors, by their codes. */
  readonly hints?: Readonly<Record<string, string>>;
}

/** What became of one object of an array. */
export type ItemResult =
  | { readonly status: 'done' }
  | {
      readonly status: 'failed';
      /** Names the object; its `cause` is the kernel's own. */
      readonly error: NetlinkError;
    };

const DONE: ItemResult = { status: 'done' };

/** The meaning of the verbs as the kernel's flags (NLM_F_CREATE, NLM_F_EXCL, NLM_F_REPLACE). */
export const VERBS = {
  add: { create: true, exclusive: true },
  replace: { create: true, replace: true },
  set: { replace: true },
  delete: {},
} as const satisfies Readonly<Record<string, FamilyDoOptions>>;

/** Sends one change. */
export async function sendOne<Request>(
  { attempt, request, options, hints }: Change<Request>,
  send: (request: Request, options: FamilyDoOptions) => Promise<unknown>,
): Promise<void> {
  try {
    await send(request, options);
  } catch (error) {
    throw failed(attempt, error, hints);
  }
}

/** Sends changes as one batch. */
export async function sendAll<Request, Batch extends { send(): Promise<FamilyBatchResult<unknown>[]> }>(
  changes: readonly Change<Request>[],
  batch: Batch,
  add: (batch: Batch, change: Change<Request>) => void,
): Promise<ItemResult[]> {
  for (const change of changes) add(batch, change);
  const results = await batch.send();
  return changes.map(({ attempt, hints }, index) => {
    const result = results[index];
    return result?.status === 'failed' ? failure(attempt, result.error, hints) : DONE;
  });
}

function failure(attempt: string, cause: unknown, hints: Change<object>['hints']): ItemResult {
  const error = failed(attempt, cause, hints);
  // What is not the kernel's refusal of this request, such as a closed socket, ends the whole call.
  if (!(error instanceof NetlinkError)) throw error;
  return { status: 'failed', error };
}
