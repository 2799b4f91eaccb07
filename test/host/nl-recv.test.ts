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
  [['--protocol', '32'], '--protocol takes a number from 0 to 31, not "32"'],
  [['--protocol', 'x'], '--protocol takes a number from 0 to 31, not "x"'],
  [['--count', '1.5'], '--count takes a whole number, not "1.5"'],
  [['--group=0'], '--group takes a number from 1 to 2147483647, not "0"'],
  [['--group=', 'text'], '--group takes a number from 1 to 2147483647, not ""'],
  [['--timeout', '0'], '--timeout takes a number from 0.001 to 86400, not "0"'],
  [['--bytes', '3', 'text'], 'TEXT and --bytes exclude each other'],
  [['Hello', 'you!'], 'one TEXT at most; quote it: nl_recv "Hello you!"'],
])('%j is refused with one line', async (args, reason) => {
  expect(await nlRecv(...args)).toMatchObject({ status: 1, stdout: '', stderr: `nl_recv: ${reason}\n` });
});

test('an unknown option is refused', async () => {
  const { status, stderr } = await nlRecv('--frob');
  expect(status).toBe(1);
  expect(stderr).toMatch(/^nl_recv: .*--frob.*\n$/);
});

test('--help says how it is used', async () => {
  const { status, stdout } = await nlRecv('--help');
  expect(status).toBe(0);
  for (const option of ['--protocol', '--group', '--timeout', '--bytes', '--count'])
    expect(stdout).toContain(option);
});
