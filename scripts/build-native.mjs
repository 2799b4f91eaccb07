// Builds the addon with node-gyp, and only when something that it is made of has changed.
// `--variant NAME` builds one of the variants below into out/native-NAME instead, for the tests.
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileAddon, headerArguments } from './compile-addon.mjs';

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
const hash = hashOf([defines, ...headerArguments()]);
if (existsSync(result) && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) process.exit(0);

if (folder !== root) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const part of ['src', ...outsideSources])
    cpSync(join(root, part), join(folder, part), { recursive: true });
}
const gyp = resolve(dirname(require.resolve('node-gyp/package.json')), 'bin/node-gyp.js');
try {
  compileAddon(folder, [process.execPath, gyp], defines);
} catch (error) {
  fail(error.message);
}
writeFileSync(stamp, hash);
console.log(`build-native: built ${relative(root, result)}`);
