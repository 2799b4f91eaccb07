import { expect, test } from '@jest/globals';
import { pattern, recordedCommands, recordPage } from '../helpers/recorded-docs.js';

const page = `# Page

<!-- recorded -->
\`\`\`console
$ npx nlctl vm --module examples/x -- uname -r
6.1.0
$ npx nlctl vm -- sh -c 'echo "a  b"; echo'
a  b

\`\`\`

\`\`\`console
$ npm start
not recorded
\`\`\`
`;

test('commands and outputs are found in recorded blocks alone', () => {
  expect(recordedCommands(page)).toEqual([
    { prompt: '$ npx nlctl vm --module examples/x -- ', command: 'uname -r', output: '6.1.0\n' },
    { prompt: '$ npx nlctl vm -- ', command: `sh -c 'echo "a  b"; echo'`, output: 'a  b\n\n' },
  ]);
});

test('recording replaces the outputs and nothing else', () => {
  expect(recordPage(page, (command) => `[${command}]\n`)).toBe(
    page.replace('6.1.0\n', '[uname -r]\n').replace('\na  b\n\n', `\n[sh -c 'echo "a  b"; echo']\n`),
  );
});

test('a command that runs elsewhere cannot be recorded', () => {
  expect(() =>
    recordedCommands(page.replace('$ npx nlctl vm --module examples/x -- uname', '$ uname')),
  ).toThrow('must begin with');
});

test('numbers and widths make no difference, words do', () => {
  expect(pattern('  12.5 µs  f()\n 7 µs  g()\n')).toBe('# µs f()\n# µs g()');
  expect(pattern('1,000,000 of 6.1.0')).toBe('# of #');
  expect(pattern('a b')).not.toBe(pattern('ab'));
});
