import { execFileSync } from 'node:child_process';
import { expect, test } from '@jest/globals';

const run = (script: string, ...flags: string[]): string =>
  execFileSync(process.execPath, [...flags, '-e', script], { encoding: 'utf8' }).trim();

test('require and import give the same names and the same classes', () => {
  const script = `
    const required = require('afnetlink');
    import('afnetlink').then((imported) => {
      const names = Object.keys(required).filter((name) => imported[name] !== required[name]);
      console.log(names.length === 0 && Object.keys(required).length > 0 ? 'same' : names);
    });`;
  expect(run(script)).toBe('same');
});

test('a named import works from an ES module', () => {
  const script = `import { openSocket } from 'afnetlink'; using(openSocket({ protocol: 2 }));
    function using(socket) { console.log(typeof socket.send); socket.close(); }`;
  expect(run(script, '--input-type=module')).toBe('function');
});

test('importing the package does not load the addon', () => {
  const script = `require('afnetlink');
    console.log(Object.keys(require.cache).filter((file) => file.endsWith('.node')).length);`;
  expect(run(script)).toBe('0');
});
