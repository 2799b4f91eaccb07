// npm run test:install [-- NAME…]: packs the package and tries it as programs get it: every package manager, bundler and way of
// finding modules, or those named; `core` is what npm run check tries. All tools come from npm, into out/runtimes.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundlers } from './install-bundlers.mjs';
import { declarations } from './install-declarations.mjs';
import { managers } from './install-managers.mjs';
import { root } from './setup.mjs';

const core = ['publint', 'attw', 'npm here'];
const setUps = { ...declarations, ...managers, ...bundlers };

function pack() {
  const out = join(root, 'out/pack-install');
  const args = ['scripts/pack.mjs', '--arch', process.arch, '--out', out];
  const output = execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  const [, tarball] = /^(\S+\.tgz): /m.exec(output) ?? [];
  if (tarball === undefined) throw new Error(`packing named no tarball:\n${output}`);
  return { tarball, folder: join(out, 'package') };
}

/** A folder of the set-up's own, in a path with a space. */
async function tryIn(setUp, packed) {
  const parent = mkdtempSync(join(tmpdir(), 'afnetlink install '));
  try {
    return await setUp({ ...packed, parent });
  } finally {
    rmSync(parent, { recursive: true });
  }
}

function wanted(names) {
  const chosen = names.flatMap((name) => (name === 'core' ? core : name));
  const unknown = chosen.filter((name) => !(name in setUps));
  if (unknown.length === 0) return chosen.length > 0 ? chosen : Object.keys(setUps);
  throw new Error(
    `no such set-up: ${unknown.join(', ')} (there are core, ${Object.keys(setUps).join(', ')})`,
  );
}

async function main() {
  const names = wanted(process.argv.slice(2));
  const packed = pack();
  let failed = 0;
  for (const name of names) {
    try {
      const detail = await tryIn(setUps[name], packed);
      console.log(`${name}: passed${detail ? ` (${detail})` : ''}`);
    } catch (error) {
      failed++;
      console.log(`${name}: FAILED\n${error.message}`);
    }
  }
  if (failed > 0) throw new Error(`${failed} of ${names.length} set-ups failed`);
}

main().catch((error) => {
  console.error(`npm run test:install: ${error.message}`);
  process.exitCode = 1;
});
