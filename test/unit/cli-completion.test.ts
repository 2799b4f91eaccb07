// The scripts of nlctl completion, each loaded and used by its shell.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { subcommandNames } from '#lib/cli/commands/index';
import { testUnless } from '../helpers/conditional';
import { packageRoot, runCommand } from '../helpers/processes';

const shells = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof shells)[number];

let folder = '';
const script = (shell: Shell): string => join(folder, `nlctl.${shell}`);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nlctl-completion-'));
  for (const shell of shells) {
    const nlctl = join(packageRoot, 'dist/cli/nlctl.js');
    const { status, stdout } = await runCommand(process.execPath, [nlctl, 'completion', shell]);
    expect(status).toBe(0);
    writeFileSync(script(shell), stdout);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const missing = (shell: Shell): string | undefined =>
  spawnSync(shell, ['-c', 'exit 0']).status === 0 ? undefined : `${shell} is not installed`;

/** What a shell makes of each line; see test/fixtures/completion. */
async function complete(shell: Shell, lines: readonly string[]): Promise<string[]> {
  const options = shell === 'zsh' ? ['-f'] : [];
  const program = join(packageRoot, 'test/fixtures/completion', `complete.${shell}`);
  const { status, stdout, stderr } = await runCommand(shell, [...options, program, script(shell), ...lines]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout.replace(/\n$/, '').split('\n');
}

/** Lines, with the one word that completes each. */
const cases: readonly (readonly [string, string])[] = [
  ['nlctl deco', 'decode'],
  ['nlctl help endp', 'endpoints'],
  ['nlctl completion f', 'fish'],
  ['nlctl do rt-l', 'rt-link'],
  ['nlctl do --stri', '--strict'],
  ['nlctl do --timeout 5 rt-l', 'rt-link'],
  ['nlctl decode --spec CONTRIB', 'CONTRIBUTING.md'],
  ['nlctl decode CONTRIB', 'CONTRIBUTING.md'],
  ['nlctl generate -o CONTRIB', 'CONTRIBUTING.md'],
  ['nl_recv --hel', '--help'],
];
/** Lines where nothing is to be completed. */
const nothing = ['nlctl do rt-link rt-l', 'nlctl do --timeout rt-l'];

describe('completion', () => {
  testUnless(missing('bash'), 'in bash', async () => {
    const lines = [
      ...cases.map(([line]) => line),
      ...nothing,
      'nlctl do --spec x rt-l',
      'nlctl vm -- cat CONTRIB',
    ];
    expect(await complete('bash', lines)).toEqual([
      ...cases.map(([, word]) => word),
      ...nothing.map(() => ''),
      ...['', 'CONTRIBUTING.md'],
    ]);
  });

  testUnless(missing('zsh'), 'in zsh', async () => {
    const completed = cases.map(([line, word]) => `${line.replace(/\S+$/, word)} `);
    const lines = [...cases.map(([line]) => line), ...nothing];
    const shown = await complete('zsh', lines);
    expect(shown.map((line) => line.trimEnd())).toEqual([
      ...completed.map((line) => line.trimEnd()),
      ...nothing,
    ]);
  });

  testUnless(missing('fish'), 'in fish', async () => {
    const lines = [...cases.map(([line]) => line), ...nothing, 'nlctl do --spec x rt-l'];
    expect(await complete('fish', lines)).toEqual([
      ...cases.map(([, word]) => word),
      ...[...nothing, 'x'].map(() => ''),
    ]);
  });

  test('every subcommand is offered', async () => {
    const names = subcommandNames();
    expect(names.length).toBeGreaterThan(10);
    expect(await complete('bash', ['nlctl '])).toEqual([names.join(' ')]);
  });
});
