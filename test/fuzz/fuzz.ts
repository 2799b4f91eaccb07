// Tries inputs on a target, and goes on from those that took a branch which none before them took.
import { isDocumented, sharedObjectsChanged } from './invariants';
import { type Material, mutate } from './mutate';
import type { Random } from './random';
import { bytesOf, type Target } from './target';

/** Counts branches: those of instrumented code, or of a test's own. */
export interface Coverage {
  /** How many branches were ever taken. */
  branchesTaken(): number;
  beginRun(limit: number): void;
  /** Returns how many branches the run took. */
  endRun(): number;
}

export interface FuzzOptions {
  readonly random: Random;
  readonly coverage: Coverage;
  /** Inputs that were of interest in an earlier run. */
  readonly kept?: readonly Uint8Array[];
  /** Asked between rounds; `tried` is the number of inputs so far. */
  readonly goesOn: (tried: number) => boolean;
  /** Sees each input before it is tried. */
  readonly onInput?: (input: Uint8Array) => void;
}

export interface Outcome {
  readonly tried: number;
  /** Inputs that took new branches. */
  readonly corpus: readonly Uint8Array[];
  /** Most branches that one run took for each byte of its input, beyond {@link Target.work}'s `least`. */
  readonly mostWork: number;
  readonly finding?: Finding;
}

export interface Finding {
  readonly input: Uint8Array;
  readonly error: unknown;
}

const INPUTS_PER_ROUND = 256;
const ROUNDS_PER_CHECK = 64;
/** Bytes that V8's heap and buffers may grow by while a target is tried, its corpus and optimised code included. */
const MOST_MEMORY = 192 << 20;

/** Ends at the first finding. */
export async function fuzz(target: Target, options: FuzzOptions): Promise<Outcome> {
  const { random, coverage, kept = [], goesOn, onInput } = options;
  const { longest = 64 << 10, words = [] } = target;
  const corpus: Uint8Array[] = [];
  const pending = [new Uint8Array(), ...target.seeds, ...kept];
  const material: Material = { random, corpus, longest, words: words.map(bytesOf) };
  const memory = usedMemory();
  let tried = 0;
  let mostWork = 0;
  let input = new Uint8Array();
  try {
    for (let round = 1; pending.length > 0 || goesOn(tried); round++) {
      for (let left = INPUTS_PER_ROUND; left > 0; left--) {
        input = (pending.pop() ?? mutate(choose(corpus, random), material)) as Uint8Array<ArrayBuffer>;
        onInput?.(input);
        const before = coverage.branchesTaken();
        const allowed = target.work.least + target.work.perByte * input.length;
        coverage.beginRun(allowed);
        const running = attempt(target, input);
        if (running !== undefined) await running;
        const work = coverage.endRun();
        mostWork = Math.max(mostWork, (work - target.work.least) / Math.max(1, input.length));
        tried += 1;
        if (coverage.branchesTaken() > before || corpus.length === 0) corpus.push(input);
        if (work > allowed)
          throw new Error(`took ${work} branches for ${input.length} bytes (at most ${allowed})`);
        if (sharedObjectsChanged(false)) throw new Error('changed Object.prototype');
      }
      if (round % ROUNDS_PER_CHECK === 0) {
        if (sharedObjectsChanged(true)) throw new Error('changed an object that all programs share');
        const grown = usedMemory() - memory;
        if (grown > MOST_MEMORY) throw new Error(`kept ${grown} bytes after ${tried} inputs`);
        // A turn for timers and for what waits for garbage collection.
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  } catch (error) {
    coverage.endRun();
    return { tried, corpus, mostWork, finding: { input, error } };
  }
  return { tried, corpus, mostWork };
}

/** Awaits only where there is something to wait for: most targets run at once. */
function attempt(target: Target, input: Uint8Array): Promise<void> | undefined {
  try {
    const running = target.run(input);
    return running?.catch((error: unknown) => judge(error));
  } catch (error) {
    judge(error);
  }
  return undefined;
}

function judge(error: unknown): void {
  if (!isDocumented(error)) throw error;
}

/** Half of the time one of the newest, since these reach what others do not. */
function choose(corpus: readonly Uint8Array[], random: Random): Uint8Array {
  const newest = Math.min(corpus.length, 32);
  return corpus[
    random.oneIn(2) ? corpus.length - 1 - random.below(newest) : random.below(corpus.length)
  ] as Uint8Array;
}

function usedMemory(): number {
  const measure = () => {
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  globalThis.gc?.();
  return measure();
}
