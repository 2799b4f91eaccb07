import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { filesOf } from '../helpers/built-files.js';
import { packageRoot } from '../helpers/processes.js';

test('a build from nothing gives the bytes that are there', () => {
  const fresh = mkdtempSync(join(packageRoot, 'dist-'));
  try {
    execFileSync(process.execPath, ['scripts/build-dist.mjs', fresh], { cwd: packageRoot });
    const hashes = (folder: string) =>
      filesOf(folder).map((file) => [
        file.slice(folder.length),
        createHash('sha256').update(readFileSync(file)).digest('hex'),
      ]);
    expect(hashes(join(packageRoot, 'dist'))).toEqual(hashes(fresh));
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}, 300_000);

test('the types that ship are sound without those that are internal', () => {
  const { exports } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {
    readonly exports: Readonly<Record<string, string | { readonly types: string }>>;
  };
  const types = Object.values(exports).flatMap((entry) => {
    if (typeof entry === 'string') return [];
    const path = join(packageRoot, entry.types);
    return path.includes('*') ? filesOf(dirname(path)).filter((file) => file.endsWith('.d.ts')) : [path];
  });
  const options = ['--noEmit', '--strict', '--module', 'node20', '--target', 'es2022', '--types', 'node'];
  const { stdout, error } = spawnSync(
    process.execPath,
    ['node_modules/typescript7/bin/tsc', '--ignoreConfig', '--skipLibCheck', 'false', ...options, ...types],
    { cwd: packageRoot, encoding: 'utf8' },
  );
  // What the types of other packages lack is not this test's matter.
  const found = stdout
    .split('\n')
    .filter((line) => line.includes('error TS') && !line.startsWith('node_modules/'));
  expect({ found, error }).toEqual({ found: [], error: undefined });
}, 300_000);
