import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Writable, type Readable } from 'node:stream';
import { buildModule, prepareGuest, runInGuest, VmError, type Guest } from 'afnetlink/vm';
import { childrenOf, isRunning, runShell, until } from '../helpers/guest.js';
import { packageRoot } from '../helpers/processes.js';

jest.setTimeout(600_000);

let guest: Guest;
let misbehave: string;
beforeAll(async () => {
  guest = await prepareGuest({ module: false });
  [misbehave = ''] = await buildModule(guest.kernel, join(packageRoot, 'test/fixtures/misbehave'));
});

describe('a guest that fails says so by a status and a message of its own', () => {
  test('a panic', async () => {
    const run = await runShell('echo c >/proc/sysrq-trigger', { guest });
    expect(run).toMatchObject({ outcome: 'panicked', status: 123, taint: undefined });
    expect(run.message).toContain('the kernel panicked: Kernel panic - not syncing: sysrq triggered crash');
    expect(run.message).toContain("the kernel's last lines:");
  });

  test('a guest that is switched off, though QEMU then exits with 0', async () => {
    const run = await runShell('echo o >/proc/sysrq-trigger; sleep 100', { guest });
    expect(run).toMatchObject({ outcome: 'panicked', status: 123 });
    expect(run.message).toContain('powered off or reset');
  });

  test('a hang with interrupts off, with the backtrace that names the culprit', async () => {
    const run = await runShell(`insmod ${misbehave} how=hang`, { guest, timeout: 30_000 });
    expect(run).toMatchObject({ outcome: 'timed-out', status: 124 });
    expect(run.message).toContain('the command did not end within 30 s');
    expect(run.kernelLog).toMatch(/\[misbehave\]/);
  });

  test('a command that takes too long, whose output until then is passed on', async () => {
    const run = await runShell('echo before; sleep 1000', { guest, timeout: 15_000 });
    expect(run).toMatchObject({ outcome: 'timed-out', status: 124 });
    expect(run.stdout.toString()).toBe('before\n');
  });

  test('a warning', async () => {
    const run = await runShell(`insmod ${misbehave} how=warn`, { guest });
    expect(run).toMatchObject({ outcome: 'warned', status: 121 });
    expect(run.message).toContain('WARNING: CPU: ');
    expect(run.message).toContain('misbehave: as told');
  });

  test('a module that does not load', async () => {
    const run = await runShell('true', {
      guest,
      modules: [{ path: misbehave, parameters: { how: 'fail' } }],
    });
    expect(run).toMatchObject({ outcome: 'setup-failed', status: 125 });
    expect(run.message).toContain(`cannot load the module ${misbehave}`);
  });

  test('a kernel that does not get to the command in time', async () => {
    const run = await runShell('true', { guest, bootTimeout: 100 });
    expect(run).toMatchObject({ outcome: 'never-booted', status: 122 });
    expect(run.message).toContain('the guest did not boot within 0.1 s');
  });

  test('a kernel that panics while it boots', async () => {
    const run = await runShell('true', { guest, kernelArguments: ['rdinit=/no-such-file'] });
    expect(run).toMatchObject({ outcome: 'never-booted', status: 122 });
    expect(run.message).toContain('Kernel panic');
  });
});

describe('what cannot be started is refused before that', () => {
  test.each([
    ['a command without words', { command: [] }, 'no command'],
    ['a NUL byte', { command: ['a\0b'] }, 'NUL byte'],
    [
      'a folder that is not there',
      { command: ['true'], cwd: '/no/such/folder' },
      "'/no/such/folder' must be a folder",
    ],
  ])('%s', async (_name, options, wanted) => {
    const error = await runInGuest({ guest, ...options }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(VmError);
    expect(error).toMatchObject({ code: 'ERR_VM_INVALID_ARGUMENT' });
    expect(String(error)).toContain(wanted);
  });

  test('a module that does not compile, with what the compiler said', async () => {
    const sources = join(packageRoot, 'test/fixtures/broken-module');
    const error = await buildModule(guest.kernel, sources).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'ERR_VM_MODULE_BUILD' });
    expect(String(error)).toContain('no_such_function');
  });
});

describe('no guest outlives what started it', () => {
  test('an abort rejects with its reason', async () => {
    const controller = new AbortController();
    const run = runShell('sleep 1000', { guest, signal: controller.signal });
    await until(() => childrenOf(process.pid).some(isRunning));
    const children = childrenOf(process.pid);
    controller.abort(new Error('enough'));
    await expect(run).rejects.toThrow('enough');
    expect(children.filter(isRunning)).toEqual([]);
  });

  test('an abort ends a guest whose output nobody takes', async () => {
    const stdout = new Writable({ write: () => controller.abort(new Error('enough')) });
    const controller = new AbortController();
    const run = runInGuest({ guest, command: ['yes'], stdout, signal: controller.signal });
    await expect(run).rejects.toThrow('enough');
    expect(childrenOf(process.pid).filter(isRunning)).toEqual([]);
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGKILL', null],
  ] as const)('%s to nlctl vm', async (signal, wanted) => {
    const nlctl = startNlctl('--no-module', '--quiet', '--', 'sh', '-c', 'echo up; sleep 1000');
    await once(nlctl.stdout, 'data');
    const children = childrenOf(nlctl.pid ?? 0);
    expect(children.filter(isRunning)).toHaveLength(1);
    nlctl.kill(signal);
    const [status] = (await once(nlctl, 'exit')) as [number | null];
    expect(status).toBe(wanted);
    await until(() => !children.some(isRunning));
  });
});

function startNlctl(...args: string[]): ChildProcessByStdio<null, Readable, null> {
  return spawn(process.execPath, [join(packageRoot, 'dist/cli/nlctl.js'), 'vm', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}
