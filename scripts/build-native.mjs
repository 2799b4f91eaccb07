// Builds the addon with node-gyp, and only when something that it is made of has changed.
// `--variant NAME` builds one of the variants below into out/native-NAME instead, for the tests.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);

const variants = {
  // As it is shipped.
  release: '',
  // Unloaded when its last environment ends, as no shipped build is: only so a missing cleanup hook crashes.
  unload: 'nodelete=0',
  // The same under AddressSanitizer and UndefinedBehaviorSanitizer.
  sanitize: 'nodelete=0 sanitize=1',
};

function fail(message) {
  console.error(`build-native: ${message}`);
  process.exit(1);
}

function onPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));
}

function checkPrograms() {
  const wanted = [
    ['python3', 'python3'],
    ['make', 'make'],
    [process.env.CXX ?? 'g++', 'g++'],
  ];
  const missing = wanted.filter(([program]) => !onPath(program) && !existsSync(program));
  if (missing.length === 0) return;
  const programs = missing.map(([program]) => program).join(', ');
  const packages = missing.map(([, name]) => name).join(' ');
  fail(
    `the addon is compiled here, and these programs are missing: ${programs}.\n` +
      `On Debian or Ubuntu: apt-get install ${packages}`,
  );
}

/** The folder that holds include/node of the running node, so that node-gyp has nothing to download. */
function headersBeside() {
  const prefix = dirname(dirname(process.execPath));
  return existsSync(join(prefix, 'include/node/node.h')) ? prefix : undefined;
}

/** What the build reads outside of src: the header has the numbers of the module's device. */
const outsideSources = ['binding.gyp', 'kernel-module/netlink_test.h'];

function hashOf(args) {
  const hash = createHash('sha256');
  const sources = readdirSync(join(root, 'src')).sort();
  for (const file of [...outsideSources, ...sources.map((name) => `src/${name}`)]) {
    hash.update(`${file}\0`).update(readFileSync(join(root, file)));
  }
  hash.update(require('node-addon-api/package.json').version);
  hash.update(JSON.stringify([process.version, process.arch, process.env.CXX ?? '', args]));
  return hash.digest('hex');
}

const name = process.argv[2] === '--variant' ? process.argv[3] : 'release';
const defines = variants[name];
if (defines === undefined) fail(`no variant '${name}': there are ${Object.keys(variants).join(', ')}`);
if (process.platform !== 'linux') {
  console.log('build-native: netlink is Linux only; nothing to build here.');
  process.exit(0);
}

const folder = name === 'release' ? root : join(root, `out/native-${name}`);
const result = join(folder, 'build/Release/afnetlink.node');
const stamp = join(folder, 'build/afnetlink.hash');
const nodedir = headersBeside();
const args = nodedir === undefined ? [] : [`--nodedir=${nodedir}`];
const hash = hashOf([defines, ...args]);
if (existsSync(result) && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) process.exit(0);

checkPrograms();
if (folder !== root) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const part of ['src', ...outsideSources])
    cpSync(join(root, part), join(folder, part), { recursive: true });
}
const gyp = resolve(dirname(require.resolve('node-gyp/package.json')), 'bin/node-gyp.js');
const { status, stdout, stderr, error } = spawnSync(
  process.execPath,
  [gyp, 'rebuild', '--silent', `--jobs=max`, `--directory=${folder}`, ...args],
  {
    encoding: 'utf8',
    cwd: root,
    maxBuffer: 64 << 20,
    env: { ...process.env, GYP_DEFINES: `${process.env.GYP_DEFINES ?? ''} ${defines}` },
  },
);
if (status !== 0) {
  console.error(`${stdout}${stderr}`.trimEnd());
  fail(`node-gyp ended with ${error?.message ?? `status ${status}`}; its output is above`);
}
writeFileSync(stamp, hash);
console.log(`build-native: built ${relative(root, result)}`);
