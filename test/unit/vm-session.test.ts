import { afterAll, describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accelerators } from '#lib/vm/accelerator';
import { releasesIn } from '#lib/vm/kernels';
import { qemuArguments } from '#lib/vm/qemu';
import { sessionFiles, type Session } from '#lib/vm/session-files';

const session: Session = {
  command: ['true'],
  cwd: '/',
  environment: {},
  release: '6.1.0-1-amd64',
  modules: '/cache/lib/modules/6.1.0-1-amd64',
  modprobe: '/sbin/modprobe',
  load: [],
  writable: [],
  trailer: '\n--end--\n',
  interactive: false,
};

function fileOf(changes: Partial<Session>, name: string): string {
  const file = sessionFiles({ ...session, ...changes }).find(({ path }) => path === `session/${name}`);
  return Buffer.from(file?.content ?? []).toString();
}

describe('sessionFiles', () => {
  const folder = mkdtempSync(join(tmpdir(), 'afnetlink-test-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('a shell gives the command its words, its folder and its environment unchanged', () => {
    const awkward = [`it's`, '$HOME `id` "x" \\', 'two\nlines', '', '-n', 'ä'];
    const script = fileOf(
      {
        command: ['sh', '-c', `printf '%s\\0' "$@" "$AWKWARD" "$(pwd)"`, 'sh', ...awkward],
        cwd: '/usr',
        environment: { AWKWARD: awkward.join('|'), 'BASH_FUNC_f%%': '() { :; }', NOTHING: undefined },
      },
      'command.sh',
    );
    writeFileSync(join(folder, 'command.sh'), script);
    const printed = execFileSync('/bin/sh', [join(folder, 'command.sh')], { env: {}, encoding: 'utf8' });
    expect(printed.split('\0')).toEqual([...awkward, awkward.join('|'), '/usr', '']);
  });

  test('modules and shared folders are for the host script, quoted', () => {
    const script = fileOf(
      {
        load: [{ path: '/a b/x.ko', parameters: { protocol: 23, name: "o'k" } }, { path: '/y.ko' }],
        writable: [{ tag: 'writable0', path: "/it's" }],
      },
      'host.sh',
    );
    expect(script).toBe(
      "share writable0 '/it'\\''s'\nload '/a b/x.ko' 'protocol=23' 'name=o'\\''k'\nload '/y.ko'\n",
    );
  });
});

describe('qemuArguments', () => {
  test('doubles commas in paths, as the syntax of QEMU asks', () => {
    const args = qemuArguments({
      accelerator: 'tcg',
      image: '/vmlinux',
      memory: 512,
      processors: 1,
      writable: [{ tag: 'writable0', path: '/a,b' }],
      kernelArguments: ['audit=1'],
    });
    expect(args.find((arg) => arg.includes('id=writable0'))).toContain('path=/a,,b,');
    expect(args[args.indexOf('-append') + 1]).toMatch(/ audit=1$/);
  });
});

describe('accelerators', () => {
  test('VM_ACCEL decides alone', () => {
    expect(accelerators({ VM_ACCEL: 'kvm' })).toEqual(['kvm']);
    expect(accelerators({ VM_ACCEL: 'tcg' })).toEqual(['tcg']);
    expect(() => accelerators({ VM_ACCEL: 'xen' })).toThrow('VM_ACCEL is xen, and must be kvm or tcg');
  });

  test('TCG is always the last resort', () => {
    expect(accelerators({}).at(-1)).toBe('tcg');
  });
});

test('of a series the newest release comes first, by the numbers in it', () => {
  const names = [
    ...['linux-headers-6.1.0-9-amd64', 'linux-headers-6.1.0-56-amd64', 'linux-headers-6.1.0-56-cloud-amd64'],
    ...[
      'linux-headers-6.12.99+deb12-amd64',
      'linux-headers-6.12.117+deb12-amd64',
      'linux-headers-6.1.0-60-rt-amd64',
    ],
    ...['linux-headers-6.1.0-56-common', 'linux-headers-amd64', 'linux-headers-6.12-amd64'],
  ];
  expect(releasesIn(names, /^6\.1\./)).toEqual(['6.1.0-56-amd64', '6.1.0-9-amd64']);
  expect(releasesIn(names, /^6\.12\./)).toEqual(['6.12.117+deb12-amd64', '6.12.99+deb12-amd64']);
  expect(releasesIn(names, /^\d/)[0]).toBe('6.12.117+deb12-amd64');
});
