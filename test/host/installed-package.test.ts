import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, normalize, relative, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { filesOf } from '../helpers/built-files.js';

// The package as it is published, unpacked as a package manager does it, in a path with a space and with no compiler.

const root = resolve(__dirname, '../../..');
const out = join(root, 'out/pack-test');
const project = join(mkdtempSync(join(tmpdir(), 'afnetlink-')), 'a project');
const installed = join(project, 'node_modules/afnetlink');
const target = `linux-${process.arch}`;
const prebuilt = join(installed, `prebuilds/${target}.node`);
const ownBuild = join(installed, 'build/Release/afnetlink.node');
const backup = join(project, 'backup.node');

beforeAll(() => {
  const pack = ['scripts/pack.mjs', '--arch', process.arch, '--out', out];
  const [, tarball, size] =
    /^(\S+\.tgz): (\d+) bytes/m.exec(execFileSync(process.execPath, pack, { cwd: root, encoding: 'utf8' })) ??
    [];
  if (tarball === undefined) throw new Error('scripts/pack.mjs did not name the tarball');
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['-xzf', tarball, '--strip-components=1', '-C', installed]);
  symlinkSync(join(root, 'node_modules/yaml'), join(project, 'node_modules/yaml'));
  cpSync(prebuilt, backup);
  tarballSize = Number(size);
}, 600_000);

let tarballSize = 0;

afterEach(() => {
  rmSync(join(installed, 'build'), { recursive: true, force: true });
  cpSync(backup, prebuilt);
});

afterAll(() => rmSync(dirname(project), { recursive: true }));

const open = `
  let { openSocket } = require('afnetlink');
  try {
    openSocket({ protocol: 0 }).close();
    console.log('opened');
  } catch (error) {
    console.log(error.code, error.message);
  }
`;

function run(script: string, flags: readonly string[] = []): string {
  const { stdout, stderr } = spawnSync(process.execPath, ['--no-warnings', ...flags, '-e', script], {
    cwd: project,
    encoding: 'utf8',
    env: { PATH: '/nowhere' },
  });
  return `${stdout}${stderr}`.trim();
}

test('the contents are those of the list, and small', () => {
  const kinds = new Map<string, Set<string>>();
  for (const entry of readdirSync(installed, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const folder = entry.parentPath.slice(installed.length + 1);
    // Of the folders with many files the list has the kinds.
    const many = /^(dist|docs|bench|kernel-module|native\/src)(?=\/|$)/.exec(folder)?.[1];
    const name = many === undefined ? entry.name : (/(\.d)?\.[^.]+$/.exec(entry.name)?.[0] ?? entry.name);
    const group = many ?? folder;
    kinds.set(group, (kinds.get(group) ?? new Set()).add(name.replace(target, 'linux-ARCH')));
  }
  const lines = Array.from(
    kinds,
    ([group, names]) => `${group || '.'}: ${Array.from(names).sort().join(' ')}\n`,
  );
  const list = join(root, 'test/fixtures/package-contents.txt');
  expect(lines.sort().join('')).toBe(readFileSync(list, 'utf8'));
  expect(tarballSize).toBeLessThan(3_000_000);
});

test('nothing runs at installation, by script or by a binding.gyp in the root', () => {
  const manifest: unknown = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  expect(manifest).not.toHaveProperty('scripts');
  expect(existsSync(join(installed, 'binding.gyp'))).toBe(false);
});

test('what its pages link to is in it, except the sources', () => {
  const pages = [
    'README.md',
    ...filesOf(join(installed, 'docs'))
      .filter((file) => file.endsWith('.md'))
      .map((file) => relative(installed, file)),
  ];
  const dead = pages.flatMap((page) =>
    Array.from(
      readFileSync(join(installed, page), 'utf8').matchAll(/\]\((?!https?:)([^)#\s]+)/g),
      ([, link = '']) => normalize(join(dirname(page), link)),
    ).filter((path) => !/^(lib|test|bench\/peers)\//.test(path) && !existsSync(join(installed, path))),
  );
  expect(dead).toEqual([]);
});

test.each([
  ['require', open, []],
  [
    'import',
    open.replace("let { openSocket } = require('afnetlink')", "import { openSocket } from 'afnetlink'"),
    ['--input-type=module'],
  ],
  [
    'a worker that loads it first',
    `new (require('node:worker_threads').Worker)(${JSON.stringify(open)}, { eval: true })`,
    [],
  ],
])('%s opens a socket with the prebuilt addon', (_, script, flags) => {
  expect(run(script, flags)).toBe('opened');
});

test('the prebuilt addon asks for no library, and for no symbol above its floor; the own build would', () => {
  const script = `
    import { faultsOf, targets } from './scripts/prebuild-targets.mjs';
    const target = targets.find(({ arch }) => arch === process.arch);
    console.log(JSON.stringify(process.argv.slice(1).map((path) => faultsOf(path, target))));
  `;
  const own = join(root, 'build/Release/afnetlink.node');
  const args = ['--input-type=module', '-e', script, prebuilt, own];
  const output = execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  const [none, some] = JSON.parse(output) as unknown[];
  expect(none).toEqual([]);
  expect(some).toContain('it needs libstdc++.so.6; no library is allowed');
});

test('the static entry of a bundle comes before every file that is looked for', () => {
  mkdirSync(dirname(ownBuild), { recursive: true });
  writeFileSync(ownBuild, 'not an addon');
  expect(run(`require('afnetlink/addon/${target}');${open}`)).toBe('opened');
});

test('an own build comes before the prebuilt addon', () => {
  mkdirSync(dirname(ownBuild), { recursive: true });
  writeFileSync(ownBuild, 'not an addon');
  expect(run(open)).toMatch(
    `ERR_NETLINK_ADDON loading the native addon for ${target}: ${ownBuild} does not load: `,
  );
  cpSync(prebuilt, ownBuild);
  rmSync(prebuilt);
  expect(run(open)).toBe('opened');
});

test('without an addon the error names what was looked for and the command that builds it', () => {
  rmSync(prebuilt);
  expect(run(open)).toBe(
    `ERR_NETLINK_ADDON loading the native addon for ${target}: no file found (looked for ${ownBuild} and ${prebuilt}). ` +
      `Build it here with: node "${join(installed, 'native/build.mjs')}"`,
  );
});

const permission = process.allowedNodeEnvironmentFlags.has('--permission')
  ? '--permission'
  : '--experimental-permission';

test.each([
  ['no addons', ['--no-addons'], 'the flag --no-addons forbids native addons'],
  ['permission', [permission, '--allow-fs-read=*'], 'Start node with --allow-addons as well'],
  [
    'permission to read',
    [
      permission,
      `--allow-fs-read=${join(installed, 'dist')}/*`,
      `--allow-fs-read=${join(installed, 'package.json')}`,
    ],
    'Start node with --allow-fs-read',
  ],
])('a flag that forbids the addon is named: %s', (_, flags, text) => {
  expect(run(open, flags)).toMatch(/^ERR_NETLINK_ADDON /);
  expect(run(open, flags)).toContain(text);
});

test('a process that may load addons and read the package opens a socket under the permission model', () => {
  const flags = [permission, '--allow-addons', `--allow-fs-read=${project}/*`];
  expect(run(open, flags)).toBe('opened');
});
