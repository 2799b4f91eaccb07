// The demo's command, as a user runs it. Runs in the guest.
import { expect, test } from '@jest/globals';
import { runCommand, type ProcessResult } from '../helpers/processes.js';

const nlRecv = (...args: string[]): Promise<ProcessResult> =>
  runCommand(process.execPath, ['dist/cli/nl_recv.js', ...args]);

test('it sends and shows the echo', async () => {
  expect(await nlRecv('Hello you!')).toMatchObject({
    status: 0,
    stdout: 'Send to kernel: Hello you!\nReceived from kernel: Hello you!\n',
    stderr: '',
  });
});

test('--bytes compares every byte, --count repeats', async () => {
  const line = 'Send to kernel: 3000 bytes\nReceived from kernel: 3000 bytes\n';
  expect(await nlRecv('--bytes', '3000', '--count', '3')).toMatchObject({
    status: 0,
    stdout: line.repeat(3),
  });
});

test('the README’s program works', async () => {
  const { status, stdout } = await runCommand(process.execPath, ['out/examples/echo.js']);
  expect(stdout).toBe('type 16, sequence 1, 11 bytes\nHello you!\0\n');
  expect(status).toBe(0);
});
