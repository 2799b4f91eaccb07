import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

test('the README shows examples/echo.ts as it is', () => {
  const code = /```ts\n([^]*?)```/.exec(readFileSync('README.md', 'utf8'))?.[1];
  expect(code).toBe(readFileSync('examples/echo.ts', 'utf8'));
});
