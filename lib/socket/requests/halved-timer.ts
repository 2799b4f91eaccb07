/** The longest time that setTimeout and poll(2) accept, in milliseconds. */
export const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * The time-out of a call that may have to wait for another one. At half of the time it can make the other one give way, so
 * that the rest of the time is left for itself. Unreferenced: the watched port keeps the process alive, where that is wanted.
 */
export class HalvedTimer {
  readonly #onHalf: () => void;
  readonly #onEnd: () => void;
  readonly #timer: NodeJS.Timeout | undefined;
  #isHalf = false;

  constructor(milliseconds: number, onHalf: () => void, onEnd: () => void) {
    this.#onHalf = onHalf;
    this.#onEnd = onEnd;
    if (milliseconds <= LONGEST_TIMER) this.#timer = setTimeout(this.#fire, milliseconds / 2).unref();
  }

  /** Starts over. */
  refresh(): void {
    this.#isHalf = false;
    this.#timer?.refresh();
  }

  clear(): void {
    clearTimeout(this.#timer);
  }

  readonly #fire = (): void => {
    if (this.#isHalf) {
      this.#onEnd();
      return;
    }
    this.#isHalf = true;
    this.#timer?.refresh();
    this.#onHalf();
  };
}
