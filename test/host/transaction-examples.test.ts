import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, test } from '@jest/globals';
import { inPrivateNamespace } from '../helpers/namespaces.js';
import { privateNamespace } from '../helpers/private-namespace.js';
import { packageRoot, runCommand } from '../helpers/processes.js';

const namespace = privateNamespace();

test('examples/requests.ts lists the links, and says why one cannot be changed', async () => {
  const command = [...inPrivateNamespace, process.execPath, 'out/examples/requests.js'];
  expect(await runCommand('env', command)).toMatchObject({
    status: 0,
    stdout: 'lo\nRTM_NEWLINK failed: ENODEV: there is no such device\n',
    stderr: '',
  });
});

test('examples/links.ts lists the links with their MTU', async () => {
  const command = [...inPrivateNamespace, process.execPath, 'out/examples/links.js'];
  expect(await runCommand('env', command)).toMatchObject({ status: 0, stdout: 'lo 65536\n', stderr: '' });
});

test('examples/fake-kernel.ts needs no kernel', async () => {
  expect(await runCommand(process.execPath, ['out/examples/fake-kernel.js'])).toMatchObject({
    status: 0,
    stdout: 'as expected\n',
  });
});

test('examples/events.ts hears of a link that comes and goes, and ends', async () => {
  const child = spawn(
    'nsenter',
    ['--target', `${namespace.netns.pid}`, '--net', '--', process.execPath, 'out/examples/events.js'],
    { cwd: packageRoot, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const lines: string[] = [];
  const reader = createInterface(child.stdout);
  reader.on('line', (line) => lines.push(line));
  await once(reader, 'line');
  namespace.ip('link add example0 type bridge');
  namespace.ip('link del example0');
  const [status] = (await once(child, 'close')) as [number];
  expect(status).toBe(0);
  expect(lines[0]).toBe('listening');
  expect(lines.at(-1)).toMatch(/^message type 17, \d+ bytes$/);
});
