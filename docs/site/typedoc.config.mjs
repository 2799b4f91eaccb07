// The API reference: every entry of the package, from its sources. A warning is a failure: everything exported has a comment.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { exports: entries } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));

/** lib/wire/index.ts for ./dist/wire/index.js. */
const sourceOf = ({ default: built }) =>
  `${root}${built.replace(/^\.\/dist\/(vm\/)?/, (_, vm) => vm ?? 'lib/').replace(/\.js$/, '.ts')}`;

// Families are generated: their specifications say what they have, and docs/families.md how it was tried.
const isReferenced = ([name, entry]) => typeof entry === 'object' && !name.includes('*');

/** @type {Partial<import('typedoc').TypeDocOptions>} */
export default {
  plugin: ['typedoc-plugin-markdown', 'typedoc-vitepress-theme', './reference-plugin.mjs'],
  entryPoints: Object.entries(entries)
    .filter(isReferenced)
    .map(([, entry]) => sourceOf(entry)),
  tsconfig: 'tsconfig.json',
  out: 'pages/reference',
  docsRoot: 'pages',
  readme: 'none',
  name: 'API reference',
  disableSources: true,
  excludeInternal: true,
  excludePrivate: true,
  hideGenerator: true,
  hidePageHeader: true,
  useCodeBlocks: true,
  entryFileName: 'index.md',
  validation: { notExported: true, invalidLink: true, notDocumented: true },
  // The tables that the names of errors are written in; the types made of them are exported.
  intentionallyNotExported: ['lib/errno.ts:NAMES', 'lib/errno.ts:INTERNAL_NAMES'],
  treatWarningsAsErrors: true,
};
