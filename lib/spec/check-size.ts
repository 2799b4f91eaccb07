import { specError } from './spec-error.js';

/** More than any specification has: the largest of the kernel's has 25,000 values, 12 deep. */
const MOST_VALUES = 1_000_000;
const DEEPEST = 64;

/**
 * Refuses what no reader of a specification could walk through in bounded time and stack: YAML's aliases can make a few
 * lines stand for billions of values, or for a value that contains itself.
 */
export function checkSize(parsed: unknown, file: string): void {
  let values = 0;
  const visit = (value: unknown, depth: number): void => {
    values += 1;
    if (values > MOST_VALUES) throw specError({ file, path: '' }, `more than ${MOST_VALUES} values`);
    if (typeof value !== 'object' || value === null) return;
    if (depth > DEEPEST) throw specError({ file, path: '' }, `nested more than ${DEEPEST} levels deep`);
    for (const entry of Object.values(value)) visit(entry, depth + 1);
  };
  visit(parsed, 0);
}
