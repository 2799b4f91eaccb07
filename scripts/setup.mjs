// What `npm start` and `npm test` do first, on a machine that has nothing but node, npm, git, python3, make and g++.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { fingerprint, runIfChanged } from './fingerprint.mjs';
import { ensurePrograms } from './programs.mjs';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** One line of progress, on stderr so that stdout holds results only. */
export function report(line) {
  process.stderr.write(`• ${line}\n`);
}

function run(program, ...args) {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed:\n${stdout}${stderr}${error ?? ''}`);
}

/** Installs what package-lock.json names, if it is not here. */
export function installPackages() {
  const print = fingerprint(root, ['package-lock.json'], process.version);
  runIfChanged(`${root}node_modules/.installed-from`, print, () => {
    report('installing npm packages');
    run('npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund');
  });
}

/** Builds the addon and the library, where their sources have changed. */
export function build() {
  const sources = [
    'src',
    'kernel-module/netlink_test.h',
    'binding.gyp',
    'scripts/build-native.mjs',
    'scripts/compile-addon.mjs',
    'package-lock.json',
  ];
  runIfChanged(`${root}build/.built-from`, fingerprint(root, sources, process.version), () => {
    report('compiling the addon');
    run('npm', 'run', 'build:native');
  });
  const modules = [
    ...['lib', 'vm', 'tsconfig.base.json', 'package.json', 'package-lock.json'],
    ...['scripts/build-dist.mjs', 'scripts/bundle.mjs'],
  ];
  runIfChanged(`${root}dist/.built-from`, fingerprint(root, modules), () => {
    report('compiling TypeScript');
    run('npm', 'run', 'build:ts');
  });
}

/** Compiles the tests and the examples, where they or the library have changed. */
export function buildTests() {
  const sources = [
    'lib',
    'vm',
    'test',
    'examples',
    'tsconfig.base.json',
    'package.json',
    'package-lock.json',
  ];
  runIfChanged(`${root}out/test/.built-from`, fingerprint(root, sources), () => {
    report('compiling the tests');
    run('npm', 'run', 'build:test');
  });
}

/** Installs and builds everything that the named lists of programs.json stand for. */
export function setUp(...programLists) {
  ensurePrograms(report, 'build', ...programLists);
  installPackages();
  build();
}
