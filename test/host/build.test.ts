import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
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
});
