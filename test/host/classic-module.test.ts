import { expect, jest, test } from '@jest/globals';
import { join } from 'node:path';
import { buildModule, prepareGuest } from 'afnetlink/vm';
import { runGuest } from '../helpers/guest.js';
import { packageRoot } from '../helpers/processes.js';

jest.setTimeout(300_000);

test('nl_recv gets its echo from a module of the classic make', async () => {
  const guest = await prepareGuest({ module: false });
  const [path = ''] = await buildModule(guest.kernel, join(packageRoot, 'test/fixtures/classic-module'));
  const run = await runGuest({
    guest,
    modules: [{ path }],
    command: [process.execPath, 'dist/cli/nl_recv.js', '--protocol', '31', 'Hello you!'],
    cwd: packageRoot,
  });
  expect(run.stderr).toBe('');
  expect(run.stdout.toString()).toBe('Send to kernel: Hello you!\nReceived from kernel: Hello you!\n');
  expect(run.status).toBe(0);
});
