import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

test('the README shows the examples as they are', () => {
  const samples = readFileSync('README.md', 'utf8').matchAll(/```ts\n([^]*?)```/g);
  expect(Array.from(samples, ([, code]) => code)).toEqual(
    ['links', 'echo'].map((name) => readFileSync(`examples/${name}.ts`, 'utf8')),
  );
});
