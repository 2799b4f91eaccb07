// npm run test:quick [-- PATTERN…]: builds what has changed and runs the unit tests, or those whose paths match.
// npm run test:watch [-- PATTERN…]: the same, and after each change the tests that depend on what changed.
import { spawnSync } from 'node:child_process';
import { watch } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build, buildTests, installPackages, report, root } from './setup.mjs';

const MILLISECONDS_TO_SETTLE = 200;
const watched = ['lib', 'vm', 'test'];

const { values, positionals } = parseArgs({
  options: { watch: { type: 'boolean', default: false } },
  allowPositionals: true,
});

function run(...selection) {
  installPackages();
  build();
  buildTests();
  const jest = ['node_modules/jest/bin/jest.js', '--selectProjects', 'unit', '--passWithNoTests'];
  return spawnSync(process.execPath, [...jest, ...selection], { cwd: root, stdio: 'inherit' }).status;
}

function attempt(...selection) {
  try {
    return run(...selection) ?? 1;
  } catch (error) {
    console.error(error.message);
    return 1;
  }
}

/** Where the compiled module of a source is. */
function compiled(folder, file) {
  const module = file.replace(/\.ts$/, '.js');
  return { lib: join('unbundled', module), vm: join('unbundled/vm', module), test: join('out/test', module) }[
    folder
  ];
}

function runOnChange() {
  const changed = new Set();
  let timer;
  for (const folder of watched) {
    watch(join(root, folder), { recursive: true }, (_event, file) => {
      if (!file?.endsWith('.ts')) return;
      changed.add(compiled(folder, file));
      clearTimeout(timer);
      timer = setTimeout(() => {
        const modules = [...changed];
        changed.clear();
        attempt('--findRelatedTests', ...modules);
        report('waiting for a change');
      }, MILLISECONDS_TO_SETTLE);
    });
  }
  report('waiting for a change');
}

process.exitCode = attempt(...(positionals.length > 0 ? ['--testPathPatterns', ...positionals] : []));
if (values.watch) runOnChange();
