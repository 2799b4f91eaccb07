import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from '@jest/globals';

const root = resolve(__dirname, '../../..');
const { exports: exported } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as { exports: object };
const entries = Object.keys(exported)
  .filter((entry) => !entry.includes('*') && !entry.endsWith('.json'))
  .map((entry) => entry.replace('.', 'afnetlink'));

/** What an entry exports, by require and by import; types only, where there is nothing. */
function namesOf(entry: string): {
  readonly names: readonly string[];
  readonly different: readonly string[];
} {
  const output = execFileSync(process.execPath, ['test/fixtures/exported-names.mjs', entry], {
    cwd: root,
    encoding: 'utf8',
  });
  return JSON.parse(output) as ReturnType<typeof namesOf>;
}

test.each(entries)('ES modules see all that %s exports', (entry) => {
  const { names, different } = namesOf(entry);
  expect(different).toEqual([]);
  expect(names.length > 0).toBe(entry !== 'afnetlink/types');
});

test('the root exports what a program begins with', () => {
  expect(namesOf('afnetlink').names).toEqual([
    'NetlinkError',
    'adoptSocket',
    'formatTraffic',
    'fromJson',
    'jsonReplacer',
    'openFamily',
    'openGeneric',
    'openSocket',
    'toJson',
  ]);
});
