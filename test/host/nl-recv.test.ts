import { expect, test } from '@jest/globals';
import { runCommand, type ProcessResult } from '../helpers/processes.js';

const nlRecv = (...args: string[]): Promise<ProcessResult> =>
  runCommand(process.execPath, ['dist/cli/nl_recv.js', ...args]);

test('without the module it says so in one line, and what to do', async () => {
  // A protocol that no kernel module has.
  const { status, stderr } = await nlRecv('--protocol', '31', 'Hello you!');
  expect(status).toBe(1);
  expect(stderr).toMatch(
    /^nl_recv: .*protocol 31: the module is not loaded.*insmod netlink_test.ko.*npm start.*\n$/,
  );
});

test('no answer in the time allowed is an error', async () => {
  // NETLINK_USERSOCK: the kernel has no end of its own there that would answer.
  const { status, stderr } = await nlRecv('--protocol', '1', '--timeout', '0.2');
  expect(status).toBe(1);
  expect(stderr).toMatch(/^nl_recv: .*\n$/);
});

test.each([
  [['--protocol', '32'], "--protocol: must be an integer from 0 to 31, got '32'"],
  [['--protocol', 'x'], "--protocol: must be an integer from 0 to 31, got 'x'"],
  [['--count', '1.5'], "--count: must be an integer of at least 1, got '1.5'"],
  [['--group=0'], "--group: must be an integer from 1 to 2147483647, got '0'"],
  [['--group=', 'text'], "--group: must be an integer from 1 to 2147483647, got ''"],
  [['--timeout', '0'], "--timeout: must be a number of seconds from 0.001 to 86400, got '0'"],
  [['--bytes', '3', 'text'], 'TEXT and --bytes exclude each other'],
  [['Hello', 'you!'], "unexpected argument 'you!'; quote an argument that has spaces in it"],
  [['--frob'], "unknown option '--frob'"],
])('%j is refused', async (args, reason) => {
  expect(await nlRecv(...args)).toMatchObject({
    status: 2,
    stdout: '',
    stderr: `nl_recv: ${reason}\nRun 'nl_recv --help' for usage.\n`,
  });
});

test('--help says how it is used', async () => {
  const { status, stdout } = await nlRecv('--help');
  expect(status).toBe(0);
  for (const option of ['--protocol', '--group', '--timeout', '--bytes', '--count'])
    expect(stdout).toContain(option);
});
