import { describe, expect, jest, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { missingPackages, missingPrograms, requiredPrograms } from 'afnetlink/vm';
import { writeCpio } from '#lib/vm/cpio';
import { runCommand, type ProcessResult } from '../helpers/processes.js';

jest.setTimeout(300_000);

const nlctl = (args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<ProcessResult> =>
  runCommand(process.execPath, ['dist/cli/nlctl.js', ...args], { env, timeout: 250_000 });

describe('nlctl', () => {
  test('--help names the subcommands', async () => {
    const run = await nlctl(['--help']);
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(run.stdout).toMatch(/^ {2}vm +run a command in a small Linux guest$/m);
  });

  test.each([[[]], [['no-such-subcommand']], [['toString']]])('refuses %j', async (args) => {
    expect(await nlctl(args)).toMatchObject({ status: 2, stdout: '' });
  });
});

describe('nlctl vm', () => {
  test('--help lists the options', async () => {
    const run = await nlctl(['vm', '--help']);
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(run.stdout).toContain('--kernel NAME');
  });

  test.each([
    [['vm'], 'COMMAND is missing'],
    [['vm', '--memory', '1G', '--', 'true'], "--memory: must be an integer of at least 64, got '1G'"],
    [
      ['vm', '--timeout', '1s', '--', 'true'],
      "--timeout: must be a number of seconds from 0 to 31536000, got '1s'",
    ],
    [
      ['vm', '--module-parameter', 'protocol', '--', 'true'],
      "--module-parameter: must be NAME=VALUE, got 'protocol'",
    ],
    [['vm', '--no-such-option', '--', 'true'], "unknown option '--no-such-option'"],
    [['vm', '--interactive', '--', 'true'], 'needs a terminal'],
    [['vm', '--interactive', '--json', '--', 'true'], 'exclude each other'],
  ])('refuses %j', async (args, message) => {
    const run = await nlctl(args);
    expect(run).toMatchObject({ status: 2, stdout: '' });
    expect(run.stderr).toContain(message);
  });

  test.each([
    ['a kernel that is not there', ['--kernel', '/no/such/kernel'], {}, 'no such file or folder'],
    ['a kernel that is none', ['--kernel', '/etc/passwd'], {}, 'no header of the Linux boot protocol'],
    [
      'missing programs',
      [],
      { PATH: '/no/such/folder' },
      'qemu-system-x86_64 (Debian package qemu-system-x86)',
    ],
  ])('%s gives 125 and a line that says so', async (_name, args, env, message) => {
    const run = await nlctl(['vm', ...args, '--', 'true'], env);
    expect(run).toMatchObject({ status: 125, stdout: '' });
    expect(run.stderr).toContain(message);
  });

  test.each([
    [
      'no Debian mirror',
      'deb http://no.such.host/ubuntu noble main',
      'names no Debian mirror: name a kernel with --kernel PATH',
    ],
    [
      'a mirror that is not there',
      'deb file:/no/such/mirror bookworm main',
      'Linux 6.1 cannot be had: apt-get',
    ],
  ])('says so where apt is configured with %s', async (_name, source, message) => {
    const folder = mkdtempSync(join(tmpdir(), 'afnetlink-test-'));
    try {
      writeFileSync(join(folder, 'sources.list'), `${source}\n`);
      const settings = [
        `Dir::Etc::sourcelist "${join(folder, 'sources.list')}";`,
        'Dir::Etc::sourceparts "/dev/null";',
      ];
      writeFileSync(join(folder, 'apt.conf'), settings.join('\n'));
      const env = { APT_CONFIG: join(folder, 'apt.conf'), AFNETLINK_CACHE: join(folder, 'cache') };
      const run = await nlctl(['vm', '--', 'true'], env);
      expect(run).toMatchObject({ status: 125, stdout: '' });
      expect(run.stderr).toContain(message);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test('runs a command, and gives the log of the kernel and the lines of the module where it is told to', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'afnetlink-test-'));
    const log = join(folder, 'log');
    const options = ['--quiet', '--print-module-log', '--log', log];
    try {
      const run = await nlctl(['vm', ...options, '--', 'sh', '-c', 'echo out; echo err >&2; exit 3']);
      expect(run).toMatchObject({ status: 3, stdout: 'out\n' });
      expect(run.stderr).toMatch(/^err\n(\[ *\d+\.\d+\] netlink_test: .*\n)+$/);
      expect(readFileSync(log, 'utf8')).toContain('Linux version 6.1.');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

test('nlctl vm --json gives all of a run as one object', async () => {
  const run = await nlctl([
    'vm',
    '--json',
    '--no-module',
    '--',
    'sh',
    '-c',
    'echo out; echo err >&2; exit 3',
  ]);
  expect(run).toMatchObject({ status: 3, stderr: '' });
  const result: unknown = JSON.parse(run.stdout);
  expect(result).toMatchObject({ outcome: 'exited', status: 3, taint: 0, stdout: 'out\n', stderr: 'err\n' });
  expect(result).toHaveProperty('timings.boot');
  expect(result).toHaveProperty('kernelLog');
});

test('the programs that a guest needs are on this machine, each with a package', () => {
  expect(requiredPrograms().map(({ program }) => program)).toContain('qemu-system-x86_64');
  expect(missingPrograms()).toEqual([]);
  expect(missingPackages()).toEqual([]);
});

test('busybox reads the archives that writeCpio writes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'afnetlink-test-'));
  try {
    const archive = writeCpio([
      { path: 'folder' },
      { path: 'folder/file', mode: 0o600, content: Buffer.from('content\n') },
      { path: 'link', mode: 0o777, target: 'folder/file' },
    ]);
    execFileSync('busybox', ['cpio', '-id'], {
      cwd: folder,
      input: archive,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    expect(readFileSync(join(folder, 'link'), 'utf8')).toBe('content\n');
    expect(existsSync(join(folder, 'TRAILER!!!'))).toBe(false);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
