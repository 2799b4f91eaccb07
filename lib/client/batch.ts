import { checkOptions } from '../known-names.js';
import type { Batch } from '../socket/requests/batch.js';
import type { FamilyDoOptions, FamilyBatchResult } from '../spec/runtime/client.js';
import type { Operation } from '../wire/operation.js';
import { BATCHED_OPTIONS } from './option-names.js';
import { doFlags } from './flags.js';

/** What a batch needs to know of an operation. */
export interface BatchEntry {
  readonly operation: Operation<object, object>;
  readonly type: number;
  readonly flags: number;
}

/** Created once, because an object for each request would be garbage. */
const NO_OPTIONS: FamilyDoOptions = {};

/** A batch of a family's requests. */
export class OpenBatch {
  readonly #batch: Batch<object>;
  readonly #find: (name: string) => BatchEntry;
  /** The operation that was added last, which is nearly always the next one as well. */
  #last: { readonly name: string; readonly entry: BatchEntry } | undefined;

  constructor(batch: Batch<object>, find: (name: string) => BatchEntry) {
    this.#batch = batch;
    this.#find = find;
  }

  get length(): number {
    return this.#batch.length;
  }

  add(name: string, request: object, options = NO_OPTIONS): this {
    if (options !== NO_OPTIONS) checkOptions('batch.add', options, BATCHED_OPTIONS);
    if (this.#last?.name !== name) this.#last = { name, entry: this.#find(name) };
    const { operation, type, flags } = this.#last.entry;
    this.#batch.addOperation(operation, type, flags | doFlags(options), request);
    return this;
  }

  send(): Promise<FamilyBatchResult<object>[]> {
    return this.#batch.send();
  }

  sendSync(): FamilyBatchResult<object>[] {
    return this.#batch.sendSync();
  }
}
