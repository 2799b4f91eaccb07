import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

const pages = readdirSync('docs').filter((name) => name.endsWith('.md'));
const shown = pages.flatMap((page) =>
  [
    ...readFileSync(`docs/${page}`, 'utf8').matchAll(
      /<!-- (examples\/[\w/-]+\.ts) -->\n\n```ts\n([^]*?)```/g,
    ),
  ].map(([, file = '', code = '']) => ({ page, file, code })),
);

test('there are examples in the docs', () => expect(shown.length).toBeGreaterThan(2));

test.each(shown)('$page shows $file as it is', ({ file, code }) => {
  expect(code).toBe(readFileSync(file, 'utf8'));
});

test('every code of the library’s own errors is in the table', () => {
  const declared = [...readFileSync('lib/errors.ts', 'utf8').matchAll(/^ {2}\| '(ERR_NETLINK_\w+)'/gm)].map(
    ([, code]) => code,
  );
  const table = [...readFileSync('docs/errors.md', 'utf8').matchAll(/^\| `(ERR_NETLINK_\w+)`/gm)].map(
    ([, code]) => code,
  );
  expect(declared.length).toBeGreaterThan(5);
  for (const code of declared) expect(table).toContain(code);
});
