import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
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

test('examples/recipes/watch-links.ts names a link that comes and goes, and ends', async () => {
  const child = spawn(
    'nsenter',
    [
      '--target',
      `${namespace.netns.pid}`,
      '--net',
      '--',
      process.execPath,
      'out/examples/recipes/watch-links.js',
    ],
    { cwd: packageRoot, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const lines: string[] = [];
  const reader = createInterface(child.stdout);
  reader.on('line', (line) => lines.push(line));
  await once(reader, 'line');
  namespace.ip('link add recipe0 type bridge');
  namespace.ip('link del recipe0');
  const [status] = (await once(child, 'close')) as [number];
  expect(status).toBe(0);
  expect(lines[0]).toBe('watching');
  expect(lines).toContain('new or changed: recipe0');
  expect(lines.at(-1)).toBe('deleted: recipe0');
});

test('examples/recipes/add-address.ts adds an address once, and says why it cannot be added again', async () => {
  const program = `${process.execPath} out/examples/recipes/add-address.js lo 198.51.100.1 32`;
  const command = [...inPrivateNamespace, 'sh', '-c', `${program} && ip -br address show lo; ${program}`];
  const { status, stdout, stderr } = await runCommand('env', command);
  expect(stdout).toContain('added 198.51.100.1/32 to lo');
  expect(stdout.split('\n')[1]).toContain('198.51.100.1/32');
  expect(stderr).toMatch(/^EEXIST: /);
  expect(status).toBe(1);
});

test('nlctl decode prints what the recipe shows', async () => {
  const [, capture = '', printed = ''] =
    /```json\n([^]*?)```[^]*?```json\n([^]*?)```/.exec(
      readFileSync(`${packageRoot}/docs/recipes/decode-a-capture.md`, 'utf8'),
    ) ?? [];
  const file = join(mkdtempSync(join(tmpdir(), 'recipe-')), 'link.json');
  writeFileSync(file, capture);
  const { status, stdout } = await runCommand(process.execPath, ['dist/cli/nlctl.js', 'decode', file]);
  rmSync(dirname(file), { recursive: true });
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toEqual(JSON.parse(printed));
});
