/** After this many results that needed no event loop, the next one goes through it. */
const RESULTS_PER_TURN = 128;
/** Or after this many milliseconds, which are checked once per {@link RESULTS_PER_CHECK} results. */
const MILLISECONDS_PER_TURN = 2;
const RESULTS_PER_CHECK = 16;

/** A loop that sends or receives returns to the event loop after this many milliseconds. */
export const MILLISECONDS_PER_RUN = 0.5;

/** Waits for the next turn of the event loop. */
export interface TurnListener {
  onTurn(): void;
}

let left = RESULTS_PER_TURN;
let began = performance.now();
const listeners = new Set<TurnListener>();

/**
 * The kernel often answers inside the call, so promises settle at once, and a program that awaits many of them in a row
 * would never let timers and other sockets run. Takes one result from the budget of this turn, which all sockets of a
 * thread share. Returns false when the budget is spent: then wait for {@link nextTurn}, or for the event loop's own call.
 */
export function spendTurn(): boolean {
  if (left === 0) return false;
  left -= 1;
  if (left % RESULTS_PER_CHECK === 0) checkTime();
  return true;
}

/** Takes further results that came with the one that {@link spendTurn} counted. */
export function spendFurther(results: number): void {
  left = Math.max(0, left - results);
  checkTime();
}

function checkTime(): void {
  if (performance.now() - began > MILLISECONDS_PER_TURN) left = 0;
}

/** Calls `listener.onTurn()` in the next turn of the event loop, once, even if it is registered several times. */
export function nextTurn(listener: TurnListener): void {
  if (listeners.size === 0) setImmediate(beginTurn);
  listeners.add(listener);
}

function beginTurn(): void {
  left = RESULTS_PER_TURN;
  began = performance.now();
  const waiting = [...listeners];
  listeners.clear();
  for (const listener of waiting) listener.onTurn();
}
