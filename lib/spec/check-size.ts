import { specError } from './spec-error.js';

/** More than any specification has: the kernel's largest has 25,000 values, 12 levels deep. */
const MOST_VALUES = 1_000_000;
const DEEPEST = 64;

/**
 * Refuses a specification that cannot be walked in bounded time and stack: YAML's aliases can make a few
 * lines stand for billions of values, or for a value that contains itself.
 */
export function checkSize(parsed: unknown, file: string): void {
  let values = 0;
  const visit = (value: unknown, depth: number): void => {
    values += 1;
    if (values > MOST_VALUES) throw specError({ file, path: '' }, `must have at most ${MOST_VALUES} values`);
    if (typeof value !== 'object' || value === null) return;
    if (depth > DEEPEST) throw specError({ file, path: '' }, `must be nested at most ${DEEPEST} levels deep`);
    for (const entry of Object.values(value)) visit(entry, depth + 1);
  };
  visit(parsed, 0);
}
