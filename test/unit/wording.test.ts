// Wordings that CONTRIBUTING.md ("How we write") asks to avoid, as far as a pattern finds them.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { packageRoot } from '../helpers/processes';

/** "there is no device" and "is no longer" are ordinary English; "it is no device" is not. */
const AVOIDED = /(?<!\bthere )\bis no (?!longer\b)[a-z]|\banew\b|\bwhoever\b|\bfor ever\b|\bwho asks\b/i;

/** A pair in CONTRIBUTING.md quotes a wording in its left column. */
const QUOTATION = /^\| "/;

const PLACES = [
  'lib',
  'src',
  'docs',
  'vm',
  'kernel-module',
  'scripts',
  'examples',
  'README.md',
  'CONTRIBUTING.md',
];

const found = (file: string): string[] =>
  readFileSync(join(packageRoot, file), 'utf8')
    .split('\n')
    .flatMap((line, index) =>
      AVOIDED.test(line) && !(file === 'CONTRIBUTING.md' && QUOTATION.test(line))
        ? [`${file}:${index + 1}: ${line.trim()}`]
        : [],
    );

test('docs, comments and messages use plain wording', () => {
  const files = execFileSync('git', ['ls-files', '-z', ...PLACES], {
    cwd: packageRoot,
    encoding: 'utf8',
  })
    .split('\0')
    .filter((file) => /\.(md|ts|mjs|cjs|cc|c|h|sh)$/.test(file));
  expect(files.length).toBeGreaterThan(300);
  expect(files.flatMap(found)).toEqual([]);
});

test.each(['it is no list', 'begun anew', 'whoever reads', '-1 for ever', 'to one who asks'])(
  'the pattern finds %j',
  (text) => {
    expect(AVOIDED.test(text)).toBe(true);
  },
);
