// Tells by content whether a step's inputs have changed since it last succeeded.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

function addToHash(hash, path) {
  if (!existsSync(path)) {
    hash.update(`absent ${path}\0`);
  } else if (statSync(path).isDirectory()) {
    for (const name of readdirSync(path).sort()) addToHash(hash, join(path, name));
  } else {
    hash.update(`${path}\0`).update(readFileSync(path)).update('\0');
  }
}

/** A hash of the files and folders named (relative to `root`) and of further words, such as a compiler's version. */
export function fingerprint(root, paths, ...words) {
  const hash = createHash('sha256');
  const here = process.cwd();
  process.chdir(root);
  try {
    for (const path of paths) addToHash(hash, path);
  } finally {
    process.chdir(here);
  }
  return hash.update(words.join('\0')).digest('hex');
}

/** Runs `step` unless `stamp` already holds `print`; writes the stamp after it has succeeded. Returns whether it ran. */
export function runIfChanged(stamp, print, step) {
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === print) return false;
  step();
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, print);
  return true;
}
