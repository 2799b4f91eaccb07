// What is generated and committed is what its sources give now.
import { expect, test } from '@jest/globals';
import { testUnless } from '../helpers/conditional';
import { runCommand } from '../helpers/processes';
import { kernelSpecs, WITHOUT_SPECS } from '../helpers/specs';

const script = (name: string, ...args: readonly string[]) =>
  runCommand(process.execPath, [`scripts/${name}.mjs`, '--check', ...args]);

test('the families of this project’s own specifications', async () => {
  const { status, stdout } = await script('generate', '--specs', 'specs/none');
  expect({ status, stdout }).toEqual({
    status: 0,
    stdout: expect.stringMatching(/^\d+ families, 0 out of date/) as unknown,
  });
});

testUnless(WITHOUT_SPECS, 'the families of the kernel’s specifications', async () => {
  const { status, stdout } = await script('generate', '--specs', kernelSpecs ?? '');
  expect({ status, stdout }).toEqual({
    status: 0,
    stdout: expect.stringMatching(/^3[3-9] families, 0 out of date/) as unknown,
  });
});

test('docs/families.md, which says what was exercised', async () => {
  expect(await script('families-table')).toMatchObject({ status: 0, stderr: '' });
});
