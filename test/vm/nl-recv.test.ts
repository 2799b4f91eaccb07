// The demo's command, as a user runs it. Runs in the guest.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from '@jest/globals';
import { withoutCapabilities } from '../helpers/namespaces.js';
import { packageRoot, runCommand, type ProcessResult } from '../helpers/processes.js';

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

test('--group prints what the group is told, and swallows no text', async () => {
  const heard = (text: string): string =>
    `Listen for message...\nSend to kernel: ${text}\nReceived from kernel: ${text}\n`;
  expect(await nlRecv('--group', 'Hello you!')).toMatchObject({ status: 0, stdout: heard('Hello you!') });
  expect(await nlRecv('--group=1', '2')).toMatchObject({ status: 0, stdout: heard('2') });
  expect(await nlRecv('--', '--group')).toMatchObject({
    stdout: 'Send to kernel: --group\nReceived from kernel: --group\n',
  });
});

test('a group that is told nothing is an error, in the time allowed', async () => {
  expect(await nlRecv('--group=2', '--timeout', '0.5', 'Hello you!')).toMatchObject({
    status: 1,
    stderr: 'nl_recv: nothing was sent to group 2 of netlink protocol 17 within 0.5 s\n',
  });
});

test('listeners in several processes, with rights and without, each get every message', async () => {
  const script = [process.execPath, 'dist/cli/nl_recv.js', '--group', '--count', '3'];
  const commands = [script, [...withoutCapabilities, ...script], script];
  const listeners = commands.map(([program = '', ...args]) => {
    const child = spawn(program, args, { cwd: packageRoot, stdio: ['ignore', 'pipe', 'inherit'] });
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    return {
      joined: once(child.stdout, 'data'),
      ended: once(child, 'close').then(([status]) => ({ status: status as number | null, out })),
    };
  });
  await Promise.all(listeners.map(({ joined }) => joined));
  expect(await nlRecv('--count', '2', 'Hello you!')).toMatchObject({ status: 0 });
  expect(await nlRecv('Good bye!')).toMatchObject({ status: 0 });
  const received = ['Hello you!', 'Hello you!', 'Good bye!'].map((text) => `Received from kernel: ${text}\n`);
  const out = ['Listen for message...\n', ...received].join('');
  expect(await Promise.all(listeners.map(({ ended }) => ended))).toEqual(Array(3).fill({ status: 0, out }));
});

test('the README’s program works', async () => {
  const { status, stdout } = await runCommand(process.execPath, ['out/examples/echo.js']);
  expect(stdout).toBe('type 16, sequence 1, 11 bytes\nHello you!\0\n');
  expect(status).toBe(0);
});
