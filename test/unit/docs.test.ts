import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';

const pages = ['docs', 'docs/recipes'].flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name}`),
);
const shown = pages.flatMap((page) =>
  [...readFileSync(page, 'utf8').matchAll(/<!-- (examples\/[\w/-]+\.ts) -->\n\n```ts\n([^]*?)```/g)].map(
    ([, file = '', code = '']) => ({ page, file, code }),
  ),
);

test('there are examples in the docs', () => expect(shown.length).toBeGreaterThan(2));

test.each(shown)('$page shows $file as it is', ({ file, code }) => {
  expect(code).toBe(readFileSync(file, 'utf8'));
});

const published = [
  ...pages,
  ...['README.md', 'CONTRIBUTING.md', 'SUPPORT.md', 'SECURITY.md', 'CHANGELOG.md', 'kernel-module/README.md'],
];

test.each(published)('the links of %s lead to files that exist', (page) => {
  const links = readFileSync(page, 'utf8').matchAll(/\]\(([^)#\s:]+)(?:#[^)]*)?\)/g);
  const missing = Array.from(links, ([, target = '']) => target).filter(
    (target) => !existsSync(join(dirname(page), target)),
  );
  expect(missing).toEqual([]);
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
