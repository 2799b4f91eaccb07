/** The items of batches one by one, without the cost of an async function for each. Calls queue like a generator's. */
export class DumpItems<Item> implements AsyncIterableIterator<Item> {
  readonly #batches: AsyncIterator<Item[], undefined>;
  #batch: Item[] = [];
  #index = 0;
  /** The call that comes last and waits for a batch; further calls queue after it. */
  #last: Promise<unknown> | undefined;

  constructor(batches: AsyncIterator<Item[], undefined>) {
    this.#batches = batches;
  }

  next(): Promise<IteratorResult<Item>> {
    if (this.#last !== undefined) return this.#queue(() => this.#take());
    if (this.#index < this.#batch.length) {
      return Promise.resolve({ done: false, value: this.#batch[this.#index++] as Item });
    }
    return this.#queue(() => this.#nextBatch());
  }

  return(): Promise<IteratorResult<Item>> {
    return this.#queue(async () => {
      this.#batch = [];
      await this.#batches.return?.();
      return { done: true, value: undefined };
    });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #queue(call: () => Promise<IteratorResult<Item>>): Promise<IteratorResult<Item>> {
    const result = this.#last === undefined ? call() : this.#last.then(call, call);
    this.#last = result;
    const settled = () => {
      if (this.#last === result) this.#last = undefined;
    };
    result.then(settled, settled);
    return result;
  }

  #take(): Promise<IteratorResult<Item>> {
    if (this.#index >= this.#batch.length) return this.#nextBatch();
    return Promise.resolve({ done: false, value: this.#batch[this.#index++] as Item });
  }

  async #nextBatch(): Promise<IteratorResult<Item>> {
    const result = await this.#batches.next();
    if (result.done === true) return { done: true, value: undefined };
    this.#batch = result.value;
    this.#index = 1;
    return { done: false, value: this.#batch[0] as Item };
  }
}
