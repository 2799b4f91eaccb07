import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';

const root = resolve(__dirname, '../../..');

const node = (...args: string[]): string =>
  execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

test('docs/performance.md and its plots show the results that are kept, and nothing else', () => {
  expect(node('bench/report.mjs', '--check')).toBe('');
});

test('a table takes medians, and ratios within each round', () => {
  const shown = node('bench/run.mjs', '--show', join('test', 'fixtures', 'bench-results.json'));
  expect(shown.split('\n').filter((line) => line.startsWith('| C, '))).toEqual([
    expect.stringMatching(
      /^\| C, system calls alone \| sync +\| +300 \| +100 \| +400 \| +2\.00 \| +10000\.00 \|/,
    ),
    expect.stringMatching(/^\| C, libmnl +\| sync +\| +200 \| +50 \| +200 \| +1\.00 \| +10000\.00 \|/),
  ]);
});

test('cases that are measured anew take the place of those kept, under the same conditions only', () => {
  expect(node('test/fixtures/kept-bench-run.mjs')).toBe(
    '{"rows":[{"case":"request","samples":[1]},{"case":"dump","samples":[3]}],"words":["a","b"]}\n' +
      'the kept run is of another machine, or has other rounds: keep a whole run\n',
  );
});
