// npm run pack [-- --arch x64,arm64] [--out FOLDER]: lays out the package that is published in FOLDER/package, and packs it
// into FOLDER. It is not this folder as it stands: npm and yarn 1 run node-gyp where a binding.gyp lies in a package's root.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { targets } from './prebuild-targets.mjs';
import { root } from './setup.mjs';

const largest = 3_000_000;

/** Files of git's that go where they lie; TypeScript of vm/ is in dist/. */
const asTheyLie = [
  ...['CHANGELOG.md', 'CONTRIBUTING.md', 'LICENSE', 'README.md', 'SECURITY.md', 'SUPPORT.md'],
  ...[
    'docs',
    'examples',
    'kernel-module',
    'man',
    'specs',
    'bench/README.md',
    'bench/results/*.svg',
    'vm/guest',
    'vm/programs.json',
  ],
  ':!*.clang-format',
  ':!docs/site',
];

const { values } = parseArgs({
  options: { arch: { type: 'string' }, out: { type: 'string', default: join(root, 'out/pack') } },
});
const out = resolve(values.out);
const stage = join(out, 'package');

const architectures = values.arch?.split(',') ?? targets.map(({ arch }) => arch);

function copy(from, to = from) {
  mkdirSync(dirname(join(stage, to)), { recursive: true });
  cpSync(resolve(root, from), join(stage, to), { recursive: true });
}

function copySources() {
  const files = execFileSync('git', ['ls-files', '-z', '--', ...asTheyLie], { cwd: root, encoding: 'utf8' });
  for (const file of files.split('\0').filter(Boolean)) copy(file);
}

/** Not dist/bin, whose links are for a checkout. */
function copyCompiled() {
  const names = readdirSync(join(root, 'dist'), { recursive: true });
  for (const name of names.filter((file) => /\.(js|d\.ts|map)$/.test(file))) copy(`dist/${name}`);
}

/** What `node native/build.mjs` compiles. */
function copyNative() {
  copy('binding.gyp', 'native/binding.gyp');
  copy('src', 'native/src');
  copy('scripts/build-from-package.mjs', 'native/build.mjs');
  copy('scripts/compile-addon.mjs', 'native/compile-addon.mjs');
  const headers = dirname(createRequire(import.meta.url).resolve('node-addon-api/package.json'));
  const names = ['napi.h', 'napi-inl.h', 'napi-inl.deprecated.h', 'index.js', 'package.json', 'LICENSE.md'];
  for (const name of names) copy(join(headers, name), `native/node-addon-api/${name}`);
}

/** The prebuilt files, and for each an entry that bundlers can follow. */
function copyPrebuilds() {
  execFileSync(process.execPath, ['scripts/build-prebuilds.mjs', '--arch', architectures.join()], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  mkdirSync(join(stage, 'addon'));
  for (const arch of architectures) {
    const name = `linux-${arch}`;
    copy(`prebuilds/${name}.node`);
    const entry = `'use strict';\nrequire('../dist/addon.js').registerAddon(require('../prebuilds/${name}.node'));\n`;
    writeFileSync(join(stage, `addon/${name}.js`), entry);
    writeFileSync(join(stage, `addon/${name}.d.ts`), 'export {};\n');
  }
}

/** package.json without what only this repository's own work needs. */
function writeManifest() {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  for (const key of ['private', 'scripts', 'devDependencies', 'imports']) delete manifest[key];
  // A bundler may leave out any other module that nothing is imported from.
  manifest.sideEffects = ['./addon/*.js'];
  manifest.exports['./addon/*'] = { types: './addon/*.d.ts', default: './addon/*.js' };
  manifest.typesVersions['*']['addon/*'] = ['./addon/*.d.ts'];
  writeFileSync(join(stage, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

function pack() {
  const output = execFileSync('npm', ['pack', '--json', '--pack-destination', out], {
    cwd: stage,
    encoding: 'utf8',
  });
  const [{ filename, size, unpackedSize, entryCount }] = JSON.parse(output);
  if (size > largest) throw new Error(`packing ${filename}: it has ${size} bytes; ${largest} are allowed`);
  console.log(`${join(out, filename)}: ${size} bytes, ${unpackedSize} unpacked, ${entryCount} files`);
}

try {
  rmSync(stage, { recursive: true, force: true });
  mkdirSync(stage, { recursive: true });
  copySources();
  copyCompiled();
  copyNative();
  copyPrebuilds();
  writeManifest();
  pack();
} catch (error) {
  console.error(`npm run pack: ${error.message}`);
  process.exitCode = 1;
}
