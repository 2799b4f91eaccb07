// Node's modes that restrict what a program may do: netlink works in each, or is refused with what to do about it. docs/testing.md
// has the table.
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { packageRoot, runCommand, runInProcess } from '../helpers/processes.js';

/** Asks the kernel for the loopback's name, by its generated family; the output is the name, or the error's code and message. */
const PROGRAM = `
  const { openFamily } = require('afnetlink');
  const { rtLinkFamily } = require('afnetlink/families/rt-link');
  (async () => {
    const client = await openFamily(rtLinkFamily);
    console.log((await client.do.getlink({ ifname: 'lo' })).ifname);
    client.close();
  })().catch(({ code, message }) => console.log(code + ': ' + message));
`;

const [major = 0] = process.versions.node.split('.').map(Number);
const PERMISSION = major >= 24 ? '--permission' : '--experimental-permission';

describe('works with', () => {
  test.each([
    ['--jitless'],
    ['--frozen-intrinsics'],
    ['--disable-proto=delete'],
    ['--disable-proto=throw'],
    ['--disallow-code-generation-from-strings'],
    ['--stack-size=200'],
    ['--max-old-space-size=32'],
    [PERMISSION, '--allow-fs-read=*', '--allow-addons'],
  ])('%s', async (...nodeArguments) => {
    const { status, stdout } = await runInProcess(PROGRAM, { nodeArguments });
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'lo\n' });
  });
});

describe('is refused, with what to do, with', () => {
  test.each([
    { nodeArguments: [PERMISSION, '--allow-fs-read=*'], advice: '--allow-addons' },
    { nodeArguments: ['--no-addons'], advice: '--no-addons' },
  ])('$nodeArguments', async ({ nodeArguments, advice }) => {
    const { status, stdout } = await runInProcess(PROGRAM, { nodeArguments });
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: expect.stringMatching(/^ERR_NETLINK_ADDON: /) as unknown as string,
    });
    expect(stdout).toContain(advice);
  });
});

test('works in a worker with resourceLimits', async () => {
  const source = `
    const { Worker } = require('node:worker_threads');
    const limits = { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 4, stackSizeMb: 1 };
    new Worker(${JSON.stringify(PROGRAM)}, { eval: true, resourceLimits: limits });
  `;
  const { status, stdout } = await runInProcess(source);
  expect({ status, stdout }).toEqual({ status: 0, stdout: 'lo\n' });
});

test('a worker that runs out of its memory ends alone', async () => {
  const source = `
    const { Worker } = require('node:worker_threads');
    const { openSocket } = require('afnetlink');
    const hungry = "require('afnetlink').openSocket({ protocol: 2 }).receive(); const kept = []; for (;;) kept.push([...kept.slice(-9), {}]);";
    const worker = new Worker(hungry, { eval: true, resourceLimits: { maxOldGenerationSizeMb: 16 } });
    worker.on('error', ({ code }) => console.log(code));
    worker.on('exit', () => {
      const socket = openSocket({ protocol: 2 });
      console.log(socket.portId > 0);
      socket.close();
    });
  `;
  const { status, stdout } = await runInProcess(source);
  expect({ status, stdout }).toEqual({ status: 0, stdout: 'ERR_WORKER_OUT_OF_MEMORY\ntrue\n' });
});

test('values of another context are taken as this one’s', async () => {
  const source = `
    const vm = require('node:vm');
    const { openSocket, NetlinkError } = require('afnetlink');
    const context = vm.createContext({ openSocket, log: console.log, NetlinkError });
    vm.runInContext(\`(async () => {
      const [one, other] = [openSocket({ protocol: 2 }), openSocket({ protocol: 2 })];
      one.send({ payload: new Uint8Array([1, 2, 3, 4]), to: { portId: other.portId } });
      log([...(await other.receive()).payload].join());
      try { one.send({ payload: 'text' }); } catch (error) { log(error instanceof NetlinkError, error.code); }
      one.close();
      other.close();
    })()\`, context).catch(console.error);
  `;
  const { status, stdout, stderr } = await runInProcess(source);
  expect({ status, stdout, stderr }).toEqual({
    status: 0,
    stdout: '1,2,3,4\ntrue ERR_NETLINK_INVALID_ARGUMENT\n',
    stderr: '',
  });
});

test('the command line works without code generation and without __proto__', async () => {
  const nlctl = join(packageRoot, 'dist/cli/nlctl.js');
  const flags = ['--disable-proto=delete', '--disallow-code-generation-from-strings'];
  const { status, stdout } = await runCommand(process.execPath, [
    ...[...flags, nlctl, 'do', 'rt-link', 'getlink'],
    JSON.stringify({ ifname: 'lo' }),
  ]);
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ ifname: 'lo' });
});
