import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { buildModule, prepareGuest, prepareKernel, type Guest } from 'afnetlink/vm';
import { runShell } from '../helpers/guest.js';
import { packageRoot, runInProcess } from '../helpers/processes.js';

jest.setTimeout(300_000);

const folder = mkdtempSync(join(tmpdir(), 'afnetlink-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** JavaScript that works on a cache of its own. */
const inCache = `
  process.env.AFNETLINK_CACHE = ${JSON.stringify(join(folder, 'cache'))};
  const { publish, withLock } = require('./unbundled/vm/cache.js');
  const { appendFileSync, existsSync, writeFileSync } = require('node:fs');
  const { setTimeout: delay } = require('node:timers/promises');
  const quiet = () => undefined;
`;

describe('the cache', () => {
  test('is locked by one process at a time', async () => {
    const journal = JSON.stringify(join(folder, 'journal'));
    const work = `${inCache} withLock(quiet, async () => {
      appendFileSync(${journal}, 'in ');
      await delay(100);
      appendFileSync(${journal}, 'out ');
    });`;
    const runs = await Promise.all([runInProcess(work), runInProcess(work), runInProcess(work)]);
    expect(runs.map(({ status }) => status)).toEqual([0, 0, 0]);
    expect(readFileSync(join(folder, 'journal'), 'utf8')).toBe('in out in out in out ');
  });

  test('is made once, though two ask for it at the same time', async () => {
    const made = JSON.stringify(join(folder, 'made'));
    const target = JSON.stringify(join(folder, 'cache', 'thing'));
    const work = `${inCache} publish(${target}, quiet, async (draft) => {
      appendFileSync(${made}, 'x');
      await delay(100);
      writeFileSync(draft, 'thing');
    });`;
    const runs = await Promise.all([runInProcess(work), runInProcess(work)]);
    expect(runs.map(({ status }) => status)).toEqual([0, 0]);
    expect(readFileSync(join(folder, 'made'), 'utf8')).toBe('x');
  });

  test('neither keeps the lock nor the draft of a process that was killed', async () => {
    const target = join(folder, 'cache', 'parts', 'whole');
    const source = `${inCache} publish(${JSON.stringify(target)}, quiet, async (draft) => {
      writeFileSync(draft, 'half');
      console.log('half');
      await delay(60_000);
    });`;
    const first = spawn(process.execPath, ['-e', source], {
      cwd: packageRoot,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(first.stdout, 'data');
    first.kill('SIGKILL');
    await once(first, 'exit');
    const second = await runInProcess(
      `${inCache} publish(${JSON.stringify(target)}, quiet, async (draft) => writeFileSync(draft, 'whole'));`,
    );
    expect(second).toMatchObject({ status: 0, stderr: '' });
    expect(readFileSync(target, 'utf8')).toBe('whole');
    expect(readdirSync(dirname(target))).toEqual(['whole']);
  });
});

describe('a kernel', () => {
  let guest: Guest;
  beforeAll(async () => {
    guest = await prepareGuest({ module: false });
  });

  test('from the cache is there at once, without a step', async () => {
    const steps: string[] = [];
    await expect(prepareKernel('6.1', { onProgress: (line) => steps.push(line) })).resolves.toEqual(
      guest.kernel,
    );
    expect(steps).toEqual([]);
  });

  test('is found by the path of an image, of an unpacked package, of its modules and of its build folder', async () => {
    const { release, modules = '', headers } = guest.kernel;
    const root = join(modules, '..', '..', '..');
    const image = join(root, 'boot', `vmlinuz-${release}`);
    const whole = { release, modules };
    await expect(prepareKernel(image)).resolves.toMatchObject(whole);
    await expect(prepareKernel(root)).resolves.toMatchObject(whole);
    await expect(prepareKernel(guest.kernel.image)).resolves.toMatchObject({
      release,
      image: guest.kernel.image,
    });

    const other = join(folder, 'lib', 'modules', release);
    mkdirSync(dirname(other), { recursive: true });
    mkdirSync(other);
    symlinkSync(image, join(other, 'vmlinuz'));
    symlinkSync(headers ?? '', join(other, 'build'));
    await expect(prepareKernel(other)).resolves.toMatchObject({
      release,
      modules: other,
      headers: join(other, 'build'),
    });

    const build = join(folder, 'build');
    mkdirSync(join(build, 'arch', 'x86', 'boot'), { recursive: true });
    symlinkSync(image, join(build, 'arch', 'x86', 'boot', 'bzImage'));
    const built = await prepareKernel(build);
    expect(built).toMatchObject({ release, headers: build });
    expect(built.modules).toBeUndefined();
  });

  test('named by its path boots like one of the cache', async () => {
    const root = join(guest.kernel.modules ?? '', '..', '..', '..');
    const run = await runShell('uname -r; modprobe dummy && echo dummy', { kernel: root });
    expect(run).toMatchObject({ outcome: 'exited', status: 0 });
    expect(run.stdout.toString()).toBe(`${guest.kernel.release}\ndummy\n`);
  });

  test('has its modules built once, until a source changes', async () => {
    const sources = join(folder, 'probe');
    mkdirSync(sources);
    writeFileSync(join(sources, 'Kbuild'), 'obj-m := probe.o\n');
    // No earlier run has built these.
    const name = basename(folder);
    const write = (version: number): void => {
      writeFileSync(
        join(sources, 'probe.c'),
        `#include <linux/module.h>\nMODULE_DESCRIPTION("${name} ${version}");\nMODULE_LICENSE("GPL");\n`,
      );
    };
    write(1);
    const steps: string[] = [];
    const build = (): Promise<string[]> =>
      buildModule(guest.kernel, sources, { onProgress: (line) => steps.push(line) });
    const first = await build();
    expect(first.map((path) => path.slice(path.lastIndexOf('/')))).toEqual(['/probe.ko']);
    expect(await build()).toEqual(first);
    expect(steps).toHaveLength(1);
    expect(readdirSync(sources).sort()).toEqual(['Kbuild', 'probe.c']);
    write(2);
    const second = await build();
    expect(second).not.toEqual(first);
    expect(steps).toHaveLength(2);
    for (const path of [...first, ...second]) rmSync(dirname(path), { recursive: true });
  });
});
