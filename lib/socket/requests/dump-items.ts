/** The items of batches one by one, without the cost of an async function for each. Calls queue like a generator's. */
export class DumpItems<Item> implements AsyncIterableIterator<Item> {
  readonly #batches: AsyncIterator<Item[], undefined>;
  #batch: Item[] = [];
  #index = 0;
  /** The end of the call that comes last, while calls wait. */
  #last: Promise<void> | undefined;

  constructor(batches: AsyncIterator<Item[], undefined>) {
    this.#batches = batches;
  }

  next(): Promise<IteratorResult<Item>> {
    if (this.#last === undefined && this.#index < this.#batch.length) {
      return Promise.resolve({ done: false, value: this.#batch[this.#index++] as Item });
    }
    return this.#inTurn(this.#take);
  }

  return(): Promise<IteratorResult<Item>> {
    return this.#inTurn(this.#leave);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Makes a call after those before it. Nothing but the caller awaits its promise, so that errors show where that is. */
  async #inTurn(call: () => Promise<IteratorResult<Item>>): Promise<IteratorResult<Item>> {
    const before = this.#last;
    let end: () => void = () => undefined;
    const own = new Promise<void>((resolve) => (end = resolve));
    this.#last = own;
    try {
      if (before !== undefined) await before;
      return await call();
    } finally {
      if (this.#last === own) this.#last = undefined;
      end();
    }
  }

  readonly #take = async (): Promise<IteratorResult<Item>> => {
    if (this.#index === this.#batch.length) {
      const result = await this.#batches.next();
      if (result.done === true) return { done: true, value: undefined };
      this.#batch = result.value;
      this.#index = 0;
    }
    return { done: false, value: this.#batch[this.#index++] as Item };
  };

  readonly #leave = async (): Promise<IteratorResult<Item>> => {
    this.#batch = [];
    this.#index = 0;
    await this.#batches.return?.();
    return { done: true, value: undefined };
  };
}
