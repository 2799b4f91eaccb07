import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { packageRoot, runCommand } from '../helpers/processes.js';

// A hundredth of `npm run soak`.
test('descriptors and memory stay flat over open sockets, echoes and workers', async () => {
  const program = join(packageRoot, 'out/test/leak/soak.js');
  const args = ['--expose-gc', program, '1000', '100000'];
  const { status, stdout, stderr } = await runCommand(process.execPath, args, { timeout: 280_000 });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const { before, after } = JSON.parse(stdout) as Record<'before' | 'after', Record<string, number>>;
  expect(after['descriptors']).toBe(before['descriptors']);
  // The allocator keeps some of what threads gave back; a byte for each message or a handle for each socket is more.
  expect((after['residentBytes'] ?? 0) - (before['residentBytes'] ?? 0)).toBeLessThan(24 << 20);
  expect((after['outsideHeapBytes'] ?? 0) - (before['outsideHeapBytes'] ?? 0)).toBeLessThan(1 << 20);
}, 300_000);
