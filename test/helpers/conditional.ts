import { test } from '@jest/globals';

/** A test that runs only without a `reason` against it; with one it is counted as skipped, and its name says why. */
export function testUnless(
  reason: string | undefined,
  name: string,
  run: () => void | Promise<void>,
  timeout?: number,
): void {
  if (reason === undefined) test(name, run, timeout);
  else (test.skip as typeof test)(`${name} (${reason})`, run, timeout);
}
