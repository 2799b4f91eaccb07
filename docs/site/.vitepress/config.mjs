import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const { version, description, repository } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
const source = repository.url.replace(/^git\+|\.git$/g, '');
const referencePages = `${root}docs/site/pages/reference/typedoc-sidebar.json`;

const title = (page) => /^# (.+)$/m.exec(readFileSync(`${root}${page}.md`, 'utf8'))[1].replaceAll('`', '');
const group = (text, pages) => ({
  text,
  items: pages
    .filter((page) => existsSync(`${root}${page}.md`))
    .map((page) => ({ text: title(page), link: `/${page}` })),
});
const recipes = readFileSync(`${root}docs/recipes/README.md`, 'utf8').matchAll(/\]\(([\w-]+)\.md\)/g);

const topics = [
  group('Start', ['docs/install', 'docs/families', 'docs/errors', 'docs/testing']),
  group('Recipes', ['docs/recipes/README', ...Array.from(recipes, ([, name]) => `docs/recipes/${name}`)]),
  group('The API, floor by floor', ['docs/sockets', 'docs/requests', 'docs/events', 'docs/endpoints']),
  group('Your own protocol', [
    'docs/your-own-protocol',
    'docs/your-own-family',
    'kernel-module/README',
    'docs/vm',
  ]),
  group('How it works', [
    ...['docs/architecture', 'docs/story', 'docs/kernel-paths', 'docs/why-netlink', 'docs/zero-copy'],
    'docs/performance',
  ]),
  group('The project', ['CHANGELOG', 'CONTRIBUTING', 'SUPPORT', 'SECURITY']),
];

export default defineConfig({
  title: 'afnetlink',
  titleTemplate: `:title · afnetlink ${version}`,
  description,
  srcDir: 'pages',
  outDir: '../../out/site',
  base: process.env.AFNETLINK_SITE_BASE ?? '/',
  cleanUrls: false,
  lastUpdated: false,
  markdown: {
    theme: { light: 'github-light', dark: 'github-dark' },
    languageAlias: { console: 'shellsession' },
  },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      { text: 'Guide', link: '/docs/sockets', activeMatch: '^/docs/' },
      { text: 'API reference', link: '/reference/', activeMatch: '^/reference/' },
      { text: version, link: '/CHANGELOG' },
    ],
    sidebar: {
      '/reference/': [
        { text: `API reference, ${version}`, items: JSON.parse(readFileSync(referencePages, 'utf8')) },
      ],
      '/': topics,
    },
    socialLinks: [{ icon: 'github', link: source }],
  },
});
