// Random programs over the socket's public API, against the fake kernel. The process is a new one: it must be able to end.
import { expect, test } from '@jest/globals';
import { runCommand } from '../helpers/processes.js';

test('500 random programs settle all of their promises and leave nothing behind', async () => {
  const model = ['--expose-gc', 'out/test/model/socket-model.js', '--programs', '500'];
  const { stdout, stderr, status } = await runCommand(process.execPath, model, { timeout: 300_000 });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(/^500 programs from seed \d+ \(fake\)/);
}, 300_000);
