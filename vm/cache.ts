import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { requireProgram } from './programs.js';

/** Reports a step of the preparation, one line at a time. */
export type Progress = (line: string) => void;

/** Where kernels, modules and initramfs files are kept: `$AFNETLINK_CACHE`, or `afnetlink` in the user's cache folder. */
export function cacheFolder(): string {
  const own = process.env['AFNETLINK_CACHE'];
  if (own !== undefined && own !== '') return own;
  const shared = process.env['XDG_CACHE_HOME'];
  return join(
    shared !== undefined && shared.startsWith('/') ? shared : join(homedir(), '.cache'),
    'afnetlink',
  );
}

/**
 * Resolves with `path` once it exists: `make` creates it in a folder or file next to it, which is then renamed, so that other processes never see
 * half of it, and under the cache's lock, so that parallel preparations do the work once.
 */
export async function publish(
  path: string,
  onProgress: Progress,
  make: (draft: string) => Promise<void>,
): Promise<string> {
  if (existsSync(path)) return path;
  await withLock(onProgress, async () => {
    if (!existsSync(path)) await replace(path, make);
  });
  return path;
}

const draftPrefix = '.draft-';

/** Replaces `path` by way of a draft next to it. Only the holder of the cache's lock may call it. */
export async function replace(path: string, make: (draft: string) => Promise<void>): Promise<void> {
  const parent = dirname(path);
  await mkdir(parent, { recursive: true });
  // Any draft that is there already was left by a preparation that was ended.
  for (const name of await readdir(parent)) {
    if (name.startsWith(draftPrefix)) await rm(join(parent, name), { recursive: true, force: true });
  }
  const folder = await mkdtemp(join(parent, draftPrefix));
  try {
    const draft = join(folder, basename(path));
    await make(draft);
    await rename(draft, path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Runs `work` while this process alone holds the cache's lock. A child holds it, by flock(1), until its standard input closes:
 * so it is released however this process ends.
 */
export async function withLock<T>(onProgress: Progress, work: () => Promise<T>): Promise<T> {
  const folder = cacheFolder();
  await mkdir(folder, { recursive: true });
  const holder = spawn(requireProgram('flock'), [join(folder, 'lock'), 'sh', '-c', 'echo held; cat'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => holder.on('close', () => resolve()));
  const waiting = setTimeout(() => onProgress('waiting for another preparation of a guest'), 1000);
  try {
    await new Promise<void>((resolve, reject) => {
      holder.once('error', reject);
      holder.stdout.once('data', () => resolve());
      void ended.then(() => reject(new Error(`cannot lock ${folder}`)));
    });
    clearTimeout(waiting);
    return await work();
  } finally {
    clearTimeout(waiting);
    holder.stdin.end();
    await ended;
  }
}

/** A short name for content: what is cached under it never needs to be checked again. */
export function contentKey(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest('hex').slice(0, 16);
}

export async function readJson<T>(path: string): Promise<T | undefined> {
  if (!existsSync(path)) return undefined;
  return JSON.parse(await readFile(path, 'utf8')) as T;
}
