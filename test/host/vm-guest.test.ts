import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { createHash, randomBytes } from 'node:crypto';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareGuest, type Guest } from 'afnetlink/vm';
import { runGuest, runShell, until } from '../helpers/guest.js';
import { packageRoot, runInProcess } from '../helpers/processes.js';

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

test('two guests at the same time do not disturb each other', async () => {
  const [one, two] = await Promise.all([
    runShell('echo one >/tmp/afnetlink-mark; cat /tmp/afnetlink-mark; exit 1', { guest }),
    runShell('cat /tmp/afnetlink-mark 2>/dev/null; echo two; exit 2', { guest }),
  ]);
  expect(one).toMatchObject({ outcome: 'exited', status: 1, stdout: Buffer.from('one\n') });
  expect(two).toMatchObject({ outcome: 'exited', status: 2, stdout: Buffer.from('two\n') });
});

test('an interactive command has the terminal: its size, its interrupts, its echo', async () => {
  const nlctl = `${process.execPath} dist/cli/nlctl.js vm --no-module --quiet --interactive`;
  const shell = `sh -c 'tty; stty size; sleep 1000; echo "interrupted: $?"; exit 5'`;
  // script(1) gives the command a terminal, and types what it reads.
  const script = spawn('script', ['-qec', `stty rows 33 cols 101; ${nlctl} -- ${shell}`, '/dev/null'], {
    cwd: packageRoot,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let screen = '';
  script.stdout.setEncoding('utf8').on('data', (text: string) => (screen += text));
  const ended = once(script, 'close') as Promise<[number]>;
  await until(() => screen.includes('33 101'));
  // One that meets the shell while it waits for stty ends neither: shells leave that to a command which does not mind.
  const typing = setInterval(() => script.stdin.write('\x03'), 500);
  const [status] = await ended.finally(() => clearInterval(typing));
  expect(screen.split(/\r+\n/)).toEqual(expect.arrayContaining(['/dev/ttyS1', '33 101']));
  expect(screen).toContain('^C');
  expect(status).toBe(130);
});

test('an ordinary user needs no more than to read the files', async () => {
  const { image, release: version } = guest.kernel;
  const own = mkdtempSync(join(tmpdir(), 'afnetlink-test-'));
  try {
    // Everything that the run reads lies where anybody may read it, wherever this checkout and the cache are.
    chmodSync(own, 0o755);
    cpSync(join(packageRoot, 'dist', 'vm'), join(own, 'dist', 'vm'), { recursive: true });
    cpSync(image, join(own, 'vmlinux'));
    cpSync(guest.initramfs, join(own, 'initramfs'));
    const kernel = { release: version, image: join(own, 'vmlinux') };
    const source = `
      const { runInGuest } = require(${JSON.stringify(join(own, 'dist', 'vm', 'index.js'))});
      const guest = ${JSON.stringify({ kernel, initramfs: join(own, 'initramfs') })};
      const command = ['sh', '-c', 'id -u; uname -r; cat ${join(own, 'secret')}'];
      runInGuest({ guest, command, cwd: '/' }).then(({ status }) => console.log(process.getuid(), status));
    `;
    writeFileSync(join(own, 'secret'), 'secret\n', { mode: 0o600 });
    const nobody = 65534;
    const prefix = mayBecome(nobody)
      ? ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups']
      : [];
    const run = await runInProcess(source, {
      prefix,
      env: { HOME: own, TMPDIR: tmpdir() },
      timeout: 300_000,
    });
    const [readable, user] = prefix.length > 0 ? ['', nobody] : ['secret\n', process.getuid?.()];
    expect(run.stdout).toBe(`0\n${version}\n${readable}${user} ${readable === '' ? 1 : 0}\n`);
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
});

/** Whether this process may take another user's id: it is root, and not of a namespace with one user. */
function mayBecome(user: number): boolean {
  const [first = 0, , count = 0] = readFileSync('/proc/self/uid_map', 'utf8').trim().split(/\s+/).map(Number);
  return process.getuid?.() === 0 && user < first + count;
}

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
      `mv /etc/apt /etc/apt-moved && test -d /etc/apt-moved && node -e 'fs.renameSync("/etc/init.d", "/etc/moved")'; echo $?`,
      `ulimit -c`,
      `node -e 'process.kill(process.pid, "SIGINT")'; echo $?`,
      `date +%Y`,
    ];
    const run = await runShell(lines.join('\n'), { guest });
    expect(run.stderr).toBe('to-stderr\n');
    expect(run.stdout.toString().split('\n')).toEqual([
      ...['1', 'tmpfs', '1', '1', '1', 'tracing', 'nobody', '2', 'overlay', '0', '0', '130'],
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
