import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, test } from '@jest/globals';

// A reader of CommonJS that does not run it must find every name in the text.
test('ES modules see all that the package exports', () => {
  const program = `
    import { createRequire } from 'node:module';
    import * as imported from 'afnetlink';
    const required = createRequire(import.meta.url)('afnetlink');
    const names = Object.keys(required);
    console.log(names.length, names.filter((name) => imported[name] !== required[name] || required[name] === undefined));
  `;
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: resolve(__dirname, '../../..'),
    encoding: 'utf8',
  });
  expect(output).toMatch(/^\d{2,} \[\]\n$/);
});
