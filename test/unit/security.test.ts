// SECURITY.md: each promise names tests that there are.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { packageRoot } from '../helpers/processes';

const rows = readFileSync(join(packageRoot, 'SECURITY.md'), 'utf8')
  .split('\n')
  .filter((line) => /^\| (?!input|-)/.test(line));
const testsOf = (row: string) => [...row.matchAll(/`(test\/[\w./-]+\.ts)`/g)].map(([, file = '']) => file);

test('there are promises, for each kind of input', () => {
  const inputs = new Set(rows.map((row) => row.split('|')[1]?.trim()));
  for (const input of ['kernel', 'other processes', 'specifications', 'captures', 'module peers']) {
    expect(inputs).toContain(input);
  }
});

test.each(rows)('%s', (row) => {
  const files = testsOf(row);
  expect(files).not.toEqual([]);
  for (const file of files) expect(existsSync(join(packageRoot, file)) ? file : 'missing').toBe(file);
});
