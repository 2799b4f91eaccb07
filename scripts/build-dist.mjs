// node scripts/build-dist.mjs [FOLDER]: builds what ships, in dist/ or in a folder next to it: types by tsc, CommonJS by
// rollup. Everything is made from the sources, so that nothing of an earlier build has a part in it.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = resolve(root, process.argv[2] ?? 'dist');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** ES modules for the bundler, and the types that ship; the types themselves are checked by build:modules. */
function compile(project, modules, types) {
  const options = [
    ...['--noCheck', '--stripInternal', '--declarationMap', 'false', '--inlineSources'],
    ...['--module', 'esnext', '--moduleResolution', 'bundler'],
    ...['--outDir', modules, '--declarationDir', types],
  ];
  const args = ['node_modules/typescript7/bin/tsc', '-p', project, ...options];
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error(`tsc -p ${project} ended with status ${status}`);
}

/** A checkout's commands must be made executable here, and a folder for PATH needs them without an extension. */
function addCommands() {
  const folder = join(dist, 'bin');
  mkdirSync(folder);
  for (const [name, path] of Object.entries(manifest.bin)) {
    const file = join(dist, path.replace('./dist/', ''));
    chmodSync(file, 0o755);
    symlinkSync(relative(folder, file), join(folder, name));
  }
}

rmSync(dist, { recursive: true, force: true });
const modules = mkdtempSync(join(tmpdir(), 'afnetlink-modules-'));
try {
  compile('lib', modules, dist);
  compile('vm', join(modules, 'vm'), join(dist, 'vm'));
  await bundle(modules, dist, manifest);
} finally {
  rmSync(modules, { recursive: true, force: true });
}
addCommands();
