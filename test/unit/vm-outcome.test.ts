import { describe, expect, test } from '@jest/globals';
import { complaints, moduleLines, taintDefects } from '#lib/vm/kernel-log';
import { judge } from '#lib/vm/outcome';

const limits = { bootTimeout: 60_000, timeout: 5000 };
const booted = { kernelLog: '[    1.0] all is well\n', bootTime: 2000, commandTime: 10, complaint: '' };
const outOfTree = (1 << 12) | (1 << 13);

describe('judge', () => {
  test("a command's own status stands where the kernel is content", () => {
    const judgement = judge({ ...booted, ending: { kind: 'status', status: 42, taint: outOfTree } }, limits);
    expect(judgement).toEqual({ outcome: 'exited', status: 42, message: undefined });
  });

  test('a warning turns success into 121, and leaves a failure its status', () => {
    const session = { ...booted, kernelLog: '[    3.1] WARNING: CPU: 0 PID: 7 at file.c:12 f+0x1/0x2\n' };
    const taint = outOfTree | (1 << 9);
    const success = judge({ ...session, ending: { kind: 'status', status: 0, taint } }, limits);
    expect(success).toMatchObject({ outcome: 'warned', status: 121 });
    expect(success.message).toContain('WARNING: CPU: 0 PID: 7 at file.c:12');
    const failure = judge({ ...session, ending: { kind: 'status', status: 3, taint } }, limits);
    expect(failure).toMatchObject({ outcome: 'exited', status: 3 });
    expect(failure.message).toContain('taint: a warning');
  });

  test('a taint alone is a complaint, though the log says nothing of it', () => {
    const judgement = judge({ ...booted, ending: { kind: 'status', status: 0, taint: 1 << 7 } }, limits);
    expect(judgement).toMatchObject({ outcome: 'warned', status: 121 });
  });

  test('a QEMU that ends by itself is never a pass: 122 before the command, 123 behind it', () => {
    const ending = { kind: 'qemu-ended' } as const;
    const early = judge(
      { ...booted, bootTime: undefined, complaint: 'cannot open the image', ending },
      limits,
    );
    expect(early).toMatchObject({ outcome: 'never-booted', status: 122 });
    expect(early.message).toContain('QEMU: cannot open the image');
    const off = judge({ ...booted, ending }, limits);
    expect(off).toMatchObject({ outcome: 'panicked', status: 123 });
    expect(off.message).toContain('powered off or reset');
    const log = '[    4.2] Kernel panic - not syncing: Fatal exception\n';
    expect(judge({ ...booted, kernelLog: log, ending }, limits).message).toContain(
      'not syncing: Fatal exception',
    );
  });

  test('a panic before the guest had booted is named, however much is logged behind it', () => {
    const log = `[    1.4] Kernel panic - not syncing: VFS: no root\n${'[    1.5] NMI backtrace\n'.repeat(100)}`;
    const session = {
      ...booted,
      kernelLog: log,
      bootTime: undefined,
      ending: { kind: 'qemu-ended' } as const,
    };
    const judgement = judge(session, limits);
    expect(judgement).toMatchObject({ outcome: 'never-booted', status: 122 });
    expect(judgement.message).toContain('the kernel panicked: Kernel panic - not syncing: VFS: no root');
  });

  test('limits are named in seconds, and the last lines of the log follow', () => {
    const boot = judge({ ...booted, kernelLog: '', ending: { kind: 'boot-timeout' } }, limits);
    expect(boot).toMatchObject({ outcome: 'never-booted', status: 122 });
    expect(boot.message).toBe('the guest did not boot within 60 s\nthe kernel logged nothing');
    const command = judge({ ...booted, ending: { kind: 'timeout' } }, limits);
    expect(command).toMatchObject({ outcome: 'timed-out', status: 124 });
    expect(command.message).toBe(
      "the command did not end within 5 s\nthe kernel's last lines:\n[    1.0] all is well",
    );
  });

  test('a guest that cannot be set up says why', () => {
    const judgement = judge(
      { ...booted, ending: { kind: 'setup-failed', reason: 'cannot load x.ko' } },
      limits,
    );
    expect(judgement).toMatchObject({ outcome: 'setup-failed', status: 125 });
    expect(judgement.message).toContain('cannot load x.ko');
  });
});

describe("the kernel's log", () => {
  const log = [
    '[    0.000000] Linux version 6.1.0',
    '[   12.345678] netlink_test: Received from pid 7: netlink_test: hi',
    '[   12.345680] netlink_test_too: no',
    '[   13.000000] INFO: task node:7 blocked for more than 120 seconds.',
    '[   14.000000] BUG: kernel NULL pointer dereference, address: 0000000000000008',
  ].join('\n');

  test('moduleLines gives the lines that start with the name of the module', () => {
    expect(moduleLines(log, 'netlink_test')).toEqual([
      '[   12.345678] netlink_test: Received from pid 7: netlink_test: hi',
    ]);
  });

  test('complaints gives the lines in which the kernel complains of itself', () => {
    expect(complaints(log).map((line) => line.slice(15, 20))).toEqual(['INFO:', 'BUG: ']);
  });

  test('taintDefects ignores modules from outside the tree', () => {
    expect(taintDefects(outOfTree)).toEqual([]);
    expect(taintDefects(outOfTree | (1 << 9) | (1 << 14))).toEqual(['a warning', 'a soft lockup']);
  });
});
