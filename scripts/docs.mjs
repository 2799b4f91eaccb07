// npm run docs: the documentation site, in out/site: docs/ and the pages at the top as VitePress shows them, with search, and the
// API reference as typedoc writes it from the sources. A link to nowhere is a failure, and so is an export without a comment.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fingerprint, runIfChanged } from './fingerprint.mjs';
import { report, root } from './setup.mjs';

const site = `${root}docs/site`;
const pages = `${site}/pages`;
const { repository, version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
const sources = `${repository.url.replace(/^git\+|\.git$/g, '')}/blob/v${version}`;

const markdownIn = (folder) =>
  readdirSync(`${root}${folder}`)
    .filter((name) => name.endsWith('.md'))
    .map((name) => posix.join(folder, name));
const published = [...['.', 'docs', 'docs/recipes'].flatMap(markdownIn), 'kernel-module/README.md'];

function run(program, ...args) {
  const { status, error } = spawnSync(program, args, { cwd: site, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0)
    throw new Error(`${program} ${args.join(' ')} failed${error ? `: ${error.message}` : ''}`);
}

/** Links between pages and to pictures stay; those to other files of the repository lead to where it is published. */
function withLinks(page, text) {
  return text.replace(/(\]\()([^)#\s:]+)(#[^)]*)?\)/g, (link, start, target, anchor = '') => {
    const path = posix.join(posix.dirname(page), target);
    if (published.includes(path)) return link;
    if (/\.(svg|png)$/.test(path)) {
      mkdirSync(dirname(join(pages, path)), { recursive: true });
      cpSync(`${root}${path}`, join(pages, path));
      return link;
    }
    if (!existsSync(`${root}${path}`)) throw new Error(`${page} links to ${target}, which does not exist`);
    return `${start}${sources}/${path}${anchor})`;
  });
}

/** Code stays as it is; elsewhere {{ }} means something to VitePress, and so does a tag. */
function writePage(page) {
  const target = join(pages, page === 'README.md' ? 'index.md' : page);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, withLinks(page, readFileSync(`${root}${page}`, 'utf8')));
}

try {
  const began = Date.now();
  runIfChanged(
    `${site}/node_modules/.installed-from`,
    fingerprint(root, ['docs/site/package-lock.json'], process.version),
    () => {
      report('installing the packages of the site');
      run('npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund');
    },
  );
  rmSync(pages, { recursive: true, force: true });
  report('writing the API reference');
  run('npx', 'typedoc');
  report('writing the site');
  published.forEach(writePage);
  run('npx', 'vitepress', 'build');
  report(`out/site/index.html, ${((Date.now() - began) / 1000).toFixed(0)} s`);
} catch (error) {
  console.error(`npm run docs: ${error.message}`);
  process.exitCode = 1;
}
