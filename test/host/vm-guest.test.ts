import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareGuest, type Guest } from 'afnetlink/vm';
import { runGuest, runShell } from '../helpers/guest.js';

jest.setTimeout(600_000);

let guest: Guest;
const folder = mkdtempSync(join(tmpdir(), 'afnetlink-test-'));
beforeAll(async () => {
  guest = await prepareGuest({ module: false });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a command in a guest', () => {
  test('runs on another kernel, in its folder, with its environment, and its status comes back', async () => {
    const run = await runShell('uname -r; pwd; echo "$COLOUR"; echo apart >&2; exit 42', {
      guest,
      cwd: '/usr/share',
      env: { ...process.env, COLOUR: "it's red" },
    });
    expect(run.stdout.toString()).toBe(`${guest.kernel.release}\n/usr/share\nit's red\n`);
    expect(guest.kernel.release).not.toBe(release());
    expect(run.stderr).toBe('apart\n');
    expect(run).toMatchObject({ outcome: 'exited', status: 42, message: undefined, taint: 0 });
    expect(run.kernelLog).toMatch(/^\[ +0\.0+\] Linux version 6\.1\./m);
    expect(run.timings.boot).toBeGreaterThan(0);
    expect(run.timings.command).toBeGreaterThan(0);
  });

  test('passes bytes on as they are, more than any buffer holds', async () => {
    const bytes = randomBytes(3_000_000);
    const file = join(folder, 'bytes');
    writeFileSync(file, bytes);
    const run = await runGuest({ guest, command: ['cat', file] });
    expect(run.status).toBe(0);
    const digest = (data: Buffer): string => createHash('sha256').update(data).digest('hex');
    expect(digest(run.stdout)).toBe(digest(bytes));
  });

  test('ends when the command does, though a child of it still holds the output', async () => {
    const run = await runShell('sleep 1000 & echo done', { guest });
    expect(run).toMatchObject({ outcome: 'exited', status: 0 });
    expect(run.stdout.toString()).toBe('done\n');
  });

  test.each([
    ['a signal', 'kill -9 $$', 137],
    ['a program that is not there', 'no-such-program', 127],
    ['a file that is no program', '/etc/passwd', 126],
  ])('%s gives the status that a shell gives', async (_name, script, status) => {
    expect(await runShell(script, { guest })).toMatchObject({ outcome: 'exited', status });
  });
});

describe('the system in a guest', () => {
  test('is complete: loopback, devices, file systems, namespaces, module autoload, other users', async () => {
    const lines = [
      `ip -br link show lo | grep -c LOWER_UP`,
      `echo to-stderr >/dev/stderr; test -e /dev/fd/0 && test -c /dev/pts/ptmx && stat -f -c %T /dev/shm`,
      `ip netns add inner && ip netns exec inner ip -o link | wc -l`,
      `ip link add brief type dummy && ip -o link show brief | wc -l`,
      `modprobe veth && lsmod | grep -c ^veth`,
      `test -e /sys/kernel/debug/tracing && test -e /sys/kernel/tracing/trace && echo tracing`,
      `su nobody -s /bin/sh -c 'id -un; : </etc/shadow' 2>/dev/null; echo $?`,
      `echo overlay >/etc/afnetlink-test && cat /etc/afnetlink-test`,
      `ulimit -c`,
      `node -e 'process.kill(process.pid, "SIGINT")'; echo $?`,
      `date +%Y`,
    ];
    const run = await runShell(lines.join('\n'), { guest });
    expect(run.stderr).toBe('to-stderr\n');
    expect(run.stdout.toString().split('\n')).toEqual([
      ...['1', 'tmpfs', '1', '1', '1', 'tracing', 'nobody', '2', 'overlay', '0', '130'],
      ...[String(new Date().getFullYear()), ''],
    ]);
    expect(() => statSync('/etc/afnetlink-test')).toThrow('ENOENT');
  });

  test('writes to the folders that were named, and to no other', async () => {
    const run = await runShell(
      'echo kept >kept && mkdir inner && echo kept >inner/file && echo lost >../lost',
      {
        guest,
        cwd: folder,
        writable: [folder],
      },
    );
    expect(run.status).toBe(0);
    expect(readFileSync(join(folder, 'kept'), 'utf8')).toBe('kept\n');
    expect(readFileSync(join(folder, 'inner', 'file'), 'utf8')).toBe('kept\n');
    expect(() => statSync(join(folder, '..', 'lost'))).toThrow('ENOENT');
  });
});

test('netlink_test is loaded with its parameters, and is the only taint', async () => {
  const run = await runShell('cat /sys/module/netlink_test/parameters/protocol', {
    module: true,
    moduleParameters: { protocol: 23 },
  });
  expect(run).toMatchObject({ outcome: 'exited', status: 0, taint: (1 << 12) | (1 << 13) });
  expect(run.stdout.toString()).toBe('23\n');
  expect(run.kernelLog).toContain('netlink_test: loaded, protocol 23');
});
