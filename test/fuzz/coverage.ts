// Counts what instrumented code does: which branches it has ever taken, and how many in this run.
import { readFileSync } from 'node:fs';
import { Module } from 'node:module';
import { HIT, instrument } from './instrument';

const seen = new Uint8Array(1 << 20);
let branches = 0;
let work = 0;
let allowed = Number.POSITIVE_INFINITY;

function hit(branch: number): void {
  work += 1;
  if (seen[branch] === 0) {
    seen[branch] = 1;
    branches += 1;
  }
  if (work > allowed) throw new TooMuchWork(work);
}

/** Thrown out of instrumented code that goes on for longer than its input explains. */
export class TooMuchWork extends Error {
  constructor(readonly work: number) {
    super(`${work} branches taken, which is more than an input of this length explains`);
  }
}

type Load = (module: { _compile(code: string, file: string): void }, file: string) => void;

/** From now on, modules of this folder that are loaded are instrumented. */
export function instrumentModules(folder: string): void {
  Object.defineProperty(globalThis, HIT, { value: hit });
  // Node 20 has no other way to change what `require` loads.
  const { _extensions: extensions } = Module as unknown as { _extensions: { '.js': Load } };
  const load = extensions['.js'];
  let next = 0;
  extensions['.js'] = (module, file) => {
    if (!file.startsWith(folder)) {
      load(module, file);
      return;
    }
    const { code, next: behind } = instrument(readFileSync(file, 'utf8'), next);
    next = behind;
    if (next > seen.length) throw new Error(`more than ${seen.length} branches`);
    module._compile(code, file);
  };
}

/** How many branches were ever taken. */
export function branchesTaken(): number {
  return branches;
}

/** Begins a run that may take so many branches. */
export function beginRun(limit: number): void {
  work = 0;
  allowed = limit;
}

/** Ends it; the result is how many it took. */
export function endRun(): number {
  allowed = Number.POSITIVE_INFINITY;
  return work;
}
