/**
 * A blocked thread returns to JavaScript after so many milliseconds at the latest: the end of a worker, by
 * worker.terminate() for example, takes effect only there.
 */
const LONGEST_BLOCK = 100;

/**
 * Calls `wait` with the milliseconds that it may block until it returns anything but 0, `isOver` returns true, or
 * `milliseconds` have passed. -1 waits forever.
 */
export function waitInSlices(
  milliseconds: number,
  wait: (slice: number) => number,
  isOver?: () => boolean,
): number {
  if (milliseconds >= 0 && milliseconds <= LONGEST_BLOCK) return wait(milliseconds);
  const deadline = milliseconds < 0 ? Infinity : performance.now() + milliseconds;
  for (;;) {
    const left = Math.max(0, Math.ceil(deadline - performance.now()));
    const result = wait(Math.min(left, LONGEST_BLOCK));
    if (result !== 0 || left <= LONGEST_BLOCK || isOver?.() === true) return result;
  }
}
