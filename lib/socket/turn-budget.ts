/** After so many results that needed no event loop, the next one goes through it. */
const RESULTS_A_TURN = 128;
/** Or after so many milliseconds, looked at after every few results. */
const MILLISECONDS_A_TURN = 2;
const RESULTS_A_LOOK = 16;

/** After so many milliseconds of sending and receiving, and the step in which they end, the event loop gets its turn. */
export const MILLISECONDS_A_RUN = 0.5;

/** Someone whose result had to wait for the event loop's next turn. */
export interface Deferred {
  /** @internal */
  onTurn(): void;
}

let left = RESULTS_A_TURN;
let began = performance.now();
const deferred = new Set<Deferred>();

/**
 * The kernel often answers inside the call, so that a promise is settled at once; a program that awaits such promises
 * in a row would never let timers and other sockets run. Returns false when it is time to let them: the caller waits
 * for {@link nextTurn}, or for the event loop to call it. All sockets of a thread share what there is to spend.
 */
export function spendTurn(): boolean {
  if (left === 0) return false;
  left -= 1;
  if (left % RESULTS_A_LOOK === 0) look();
  return true;
}

/** Counts results that came together with the one that {@link spendTurn} was called for. */
export function spendFurther(results: number): void {
  left = Math.max(0, left - results);
  look();
}

function look(): void {
  if (performance.now() - began > MILLISECONDS_A_TURN) left = 0;
}

/** Calls `who.onTurn()` in the next turn of the event loop, once, however often it asks. */
export function nextTurn(who: Deferred): void {
  if (deferred.size === 0) setImmediate(beginTurn);
  deferred.add(who);
}

function beginTurn(): void {
  left = RESULTS_A_TURN;
  began = performance.now();
  const waiting = [...deferred];
  deferred.clear();
  for (const who of waiting) who.onTurn();
}
