// nlctl as a program: its version, help, manual pages, and an output that is closed early.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { subcommandNames } from '#lib/cli/commands/index';
import { testUnless } from '../helpers/conditional';
import { packageRoot, runCommand } from '../helpers/processes';

const program = join(packageRoot, 'dist/cli/nlctl.js');
const nlctl = (...args: readonly string[]) => runCommand(process.execPath, [program, ...args]);

test.each(['--version', '-V'])('%s prints the version of the package', async (option) => {
  const { version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {
    version: string;
  };
  expect(await nlctl(option)).toMatchObject({ status: 0, stdout: `${version}\n`, stderr: '' });
});

describe('help', () => {
  test.each(['--help', '-h', 'help'])('nlctl %s names every subcommand', async (argument) => {
    const { status, stdout, stderr } = await nlctl(argument);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    for (const name of subcommandNames()) expect(stdout).toMatch(new RegExp(`^ {2}${name} +\\w`, 'm'));
  });

  const page = readFileSync(join(packageRoot, 'man/nlctl.1'), 'utf8').replaceAll('\\-', '-');

  test.each(subcommandNames())('of %s names the options of its manual page', async (name) => {
    const { status, stdout, stderr } = await nlctl(name, '--help');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`^Usage: nlctl ${name}( |\n)`));
    expect(stdout).toMatch(/^ {2}-h, --help/m);
    expect(stdout.split('\n').filter((line) => line.length > 100)).toEqual([]);
    const part = page.split('.SS ').find((each) => each.startsWith(`${name}\n`));
    for (const option of stdout.match(/^ {2}(?:-., | {4})--[a-z-]+/gm) ?? [])
      expect(part).toContain(option.trim());
  });

  test('is the same by both ways', async () => {
    expect((await nlctl('help', 'vm')).stdout).toBe((await nlctl('vm', '--help')).stdout);
  });

  test('an unknown subcommand is refused with the one that was meant', async () => {
    const { status, stdout, stderr } = await nlctl('lsten');
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain("nlctl: unknown subcommand 'lsten' (did you mean 'listen'?)");
    expect((await nlctl()).stderr).toContain('nlctl: the subcommand is missing');
  });
});

describe('manual pages', () => {
  test('show the commands as they are (npm run docs:man)', async () => {
    const script = join(packageRoot, 'scripts/docs-man.mjs');
    expect(await runCommand(process.execPath, [script, '--check'])).toMatchObject({ status: 0, stderr: '' });
  });

  const withoutMandoc = spawnSync('mandoc', ['-T', 'lint', '/dev/null']).error && 'mandoc is not installed';
  testUnless(withoutMandoc, 'are well-formed', () => {
    const pages = readdirSync(join(packageRoot, 'man'));
    expect(pages).toEqual(['nl_recv.1', 'nlctl.1']);
    const { stdout } = spawnSync('mandoc', ['-T', 'lint', ...pages], {
      cwd: join(packageRoot, 'man'),
      encoding: 'utf8',
    });
    // The pages have no date: it would change with every build.
    expect(stdout.split('\n').filter((line) => line !== '' && !line.includes('missing date'))).toEqual([]);
  });
});

test.each([['families', '--json'], ['--help'], ['help', '--man'], ['generate', 'specs/netlink_test.yaml']])(
  'nlctl %s %s ends quietly when its output is closed, as a program that SIGPIPE ends',
  async (...args) => {
    // The reader ends before nlctl writes.
    const shell = '"$@" | exec 0<&- ; echo "${PIPESTATUS[0]}"';
    const { stdout, stderr } = await runCommand('bash', [
      '-c',
      shell,
      'bash',
      process.execPath,
      program,
      ...args,
    ]);
    expect({ stdout, stderr }).toEqual({ stdout: '141\n', stderr: '' });
  },
);
