// What is around the code: named once, and in step with package.json.
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

const read = (path: string) => readFileSync(path, 'utf8');
const { repository, bugs, homepage, author, scripts } = JSON.parse(read('package.json')) as {
  readonly repository: { readonly url: string };
  readonly bugs: string;
  readonly homepage: string;
  readonly author: string;
  readonly scripts: Readonly<Record<string, string>>;
};
const owner = /github\.com\/([^/]+)\//.exec(repository.url)?.[1] ?? '';

test('one owner is named everywhere', () => {
  expect(owner).not.toBe('');
  expect(bugs).toContain(`github.com/${owner}/`);
  expect(homepage).toContain(`github.com/${owner}/`);
  expect(author).toContain(owner);
  expect(read('.github/CODEOWNERS')).toMatch(new RegExp(`^\\* @${owner}$`, 'm'));
});

test('workflows run scripts that package.json has', () => {
  const files = readdirSync('.github/workflows').map((name) => `.github/workflows/${name}`);
  const called = files.flatMap((file) =>
    Array.from(read(file).matchAll(/npm run ([\w:-]+)/g), ([, name = '']) => name),
  );
  expect(called).toContain('check');
  for (const name of called) expect(Object.keys(scripts)).toContain(name);
});
