import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

const sources = (readdirSync('lib', { recursive: true }) as string[]).filter(
  (file) => file.endsWith('.ts') && !file.startsWith('families/'),
);
/** Each member that a comment calls internal. */
const internal = sources.flatMap((file) =>
  [
    ...readFileSync(`lib/${file}`, 'utf8').matchAll(
      /@internal(?:[^*]|\*(?!\/))*\*\/\s*(?:(?:protected|private|override|readonly|static|async|get|set) )*(\w+)/g,
    ),
  ].map(([, name = '']) => ({ file, name })),
);

test('some members are internal', () => expect(internal.length).toBeGreaterThan(5));

test('no declaration has an internal member', () => {
  const found = internal.filter(({ file, name }) =>
    new RegExp(`^ {4}(?:(?:protected|readonly|static|get|set) )*${name}[(<:?]`, 'm').test(
      readFileSync(`dist/${file.replace(/\.ts$/, '.d.ts')}`, 'utf8'),
    ),
  );
  expect(found).toEqual([]);
});

test('no declaration speaks of internals', () => {
  const files = (readdirSync('dist', { recursive: true }) as string[]).filter((file) =>
    file.endsWith('.d.ts'),
  );
  expect(files.length).toBeGreaterThan(50);
  expect(files.filter((file) => readFileSync(`dist/${file}`, 'utf8').includes('@internal'))).toEqual([]);
});
