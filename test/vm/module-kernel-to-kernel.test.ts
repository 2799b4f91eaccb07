// Kernel to kernel: what a message costs that no user space sees. Runs in the guest.
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Control } from '../helpers/module.js';
import { runCommand } from '../helpers/processes.js';

const FILE = '/sys/kernel/debug/netlink_test/kernel_to_kernel';
const NLMSG_HDRLEN = 16;

let descriptor: number;

beforeEach(() => {
  descriptor = openSync(FILE, 'r+');
});

afterEach(() => {
  closeSync(descriptor);
});

/** Writes a command, and gives the report of it. */
function run(command: string): Record<string, number> {
  writeSync(descriptor, command);
  const lines = readFileSync(descriptor, 'utf8').trim().split('\n');
  return Object.fromEntries(
    lines.map((line) => {
      const [name = '', value] = line.split(' ');
      return [name, Number(value)];
    }),
  );
}

test.each([0, 16, 256, 1024, 4096, 16_384, 32_768])(
  '%i bytes reach the input function where they lie, in the call of their sender',
  (size) => {
    const { nanoseconds, ...counts } = run(`${size} 100`);
    expect(counts).toEqual({
      size,
      sent: 100,
      received: 100,
      in_sender: 100,
      same_skb: 100,
      same_head: 100,
      same_data: 100,
      copied_bytes: 0,
      queued: 0,
    });
    expect(nanoseconds).toBeGreaterThan(0);
  },
);

test.each([16, 1024, 32_768])('%i bytes with too much room are moved into a smaller one', (size) => {
  expect(run(`${size} 100 oversized`)).toMatchObject({
    received: 100,
    same_skb: 100,
    same_head: 0,
    same_data: 0,
    copied_bytes: 100 * (NLMSG_HDRLEN + size),
    queued: 0,
  });
});

test('nothing of it is answered, or counts as a message from user space', () => {
  using control = new Control();
  const before = control.counters();
  expect(run('64 1000')).toMatchObject({ received: 1000 });
  expect(control.countedSince(before)).toEqual({});
});

test.each(['', '16', '-1 1', '32769 1', '16 0', '16 1000001', '16 1 small', 'x'.repeat(64)])(
  'the command %j is refused',
  (command) => {
    expect(() => writeSync(descriptor, `${command}\n`)).toThrow(
      expect.objectContaining({ code: command.length === 64 ? 'EMSGSIZE' : 'EINVAL' }),
    );
    expect(readFileSync(descriptor, 'utf8')).toBe('');
  },
);

test('a run that is killed ends', async () => {
  const script = `echo 32768 1000000 > ${FILE} & sleep 0.2; kill -KILL $!; wait $!; echo $?`;
  const { stdout } = await runCommand('sh', ['-c', script]);
  expect(stdout).toBe('137\n');
  expect(run('16 1')).toMatchObject({ received: 1 });
});
