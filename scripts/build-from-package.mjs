// Published as native/build.mjs: compiles the addon where no prebuilt file fits, by `node node_modules/afnetlink/native/build.mjs`.
// With a path, for a package that cannot be written to, the addon goes there: the program gives it to registerAddon.
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileAddon } from './compile-addon.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);

/** The project's node-gyp, else the one inside of npm, else npm is asked to fetch it. */
function nodeGyp() {
  const npm = [process.env.npm_execpath, join(dirname(process.execPath), 'npm')];
  const programs = npm
    .filter((path) => path !== undefined && existsSync(path))
    .map((path) => realpathSync(path));
  for (const from of [join(root, 'package.json'), ...programs]) {
    try {
      return [process.execPath, createRequire(from).resolve('node-gyp/bin/node-gyp.js')];
    } catch {
      // The next place may have it.
    }
  }
  return ['npx', '--yes', 'node-gyp'];
}

const folder = mkdtempSync(join(tmpdir(), 'afnetlink-build-'));
try {
  // node-gyp and make cannot work below a path with spaces, and leave much behind: hence a copy.
  for (const name of ['binding.gyp', 'src'])
    cpSync(join(here, name), join(folder, name), { recursive: true });
  cpSync(join(here, 'node-addon-api'), join(folder, 'node_modules/node-addon-api'), { recursive: true });
  mkdirSync(join(folder, 'kernel-module'));
  copyFileSync(join(root, 'kernel-module/netlink_test.h'), join(folder, 'kernel-module/netlink_test.h'));
  compileAddon(folder, nodeGyp());
  const result = resolve(process.argv[2] ?? join(root, 'build/Release/afnetlink.node'));
  mkdirSync(dirname(result), { recursive: true });
  copyFileSync(join(folder, 'build/Release/afnetlink.node'), result);
  console.log(`built ${result}`);
} catch (error) {
  console.error(`native/build.mjs: ${error.message}`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true });
}
