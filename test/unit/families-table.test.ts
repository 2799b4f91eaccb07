import { expect, test } from '@jest/globals';
import { runCommand } from '../helpers/processes';

test('docs/families.md says what was exercised', async () => {
  expect(await runCommand(process.execPath, ['scripts/families-table.mjs', '--check'])).toMatchObject({
    status: 0,
  });
});
