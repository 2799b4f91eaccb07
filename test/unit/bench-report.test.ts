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

test('a run is written as one line for each program, and read back with every figure that something is computed from', () => {
  const script = `
    import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
    import { tmpdir } from 'node:os';
    import { join } from 'node:path';
    import { Results } from './bench/harness/results.mjs';
    const samples = [{ round: 0, count: 1, seconds: 2 }, { round: 1, count: 3, seconds: 4, p50: 5, unused: 6 }];
    const rows = [{ case: 'request', peer: 'c-raw', variant: 'sync', samples }];
    const folder = mkdtempSync(join(tmpdir(), 'bench-'));
    const file = join(folder, 'results.json');
    new Results({ machine: { kernel: '6.1' }, options: { rounds: 2 }, rows, words: ['a'] }).write(file);
    const lines = readFileSync(file, 'utf8').split('\\n');
    console.log(lines.filter((line) => line.includes('c-raw')).length, JSON.stringify(Results.read(file)));
    rmSync(folder, { recursive: true });
  `;
  const row =
    '{"case":"request","peer":"c-raw","variant":"sync",' +
    '"samples":[{"round":0,"count":1,"seconds":2},{"round":1,"count":3,"seconds":4,"p50":5}]}';
  expect(node('--input-type=module', '--eval', script)).toBe(
    `1 {"machine":{"kernel":"6.1"},"options":{"rounds":2},"rows":[${row}],"words":["a"]}\n`,
  );
});

test('cases that are measured anew take the place of those kept, under the same conditions only', () => {
  expect(node('test/fixtures/kept-bench-run.mjs')).toBe(
    '{"rows":[{"case":"request","samples":[1]},{"case":"dump","samples":[3]}],"words":["a","b"]}\n' +
      'the kept run is of another machine, or has other rounds: keep a whole run\n',
  );
});
