import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { SOURCE_FOLDERS } from './analyse.mjs';

// The kernel's source as Debian packages it, in the cache that guests have too.

const require = createRequire(import.meta.url);

/** Where Debian keeps the sources of these series. */
const suites = { 6.12: ['bookworm', 'bookworm-security'], newest: ['trixie', 'trixie-backports'] };

export const SERIES = Object.keys(suites);

/** A folder with the C files of a series, `{ version, folder }`; downloaded on first use. */
export async function prepareSource(series, onProgress) {
  const { Archive } = require('../../unbundled/vm/apt.js');
  const { cacheFolder, publish } = require('../../unbundled/vm/cache.js');
  const archive = await Archive.open(suites[series]);
  await archive.update();
  const versions = (await archive.packageNames('linux-source-'))
    .flatMap((name) => /^linux-source-(\d+\.\d+)$/.exec(name)?.[1] ?? [])
    .filter((version) => series === 'newest' || version === series)
    .sort((one, other) => other.localeCompare(one, 'en', { numeric: true }));
  const found = await archive.find(`linux-source-${versions[0]}`);
  if (found === undefined)
    throw new Error(
      `cannot get the source of Linux ${series}: Debian's archive has no linux-source package of it`,
    );
  const folder = join(cacheFolder(), 'sources', found.version, 'types');
  await publish(folder, onProgress, (draft) => unpack(archive, found, draft, onProgress));
  return { version: found.version, folder };
}

async function unpack(archive, found, draft, onProgress) {
  onProgress(`downloading ${found.name} ${found.version}`);
  const [debs, unpacked] = ['debs', 'unpacked'].map((part) => join(dirname(draft), part));
  await archive.unpack([found], debs, unpacked);
  const source = join(unpacked, 'usr/src');
  const file = readdirSync(source).find((entry) => entry.endsWith('.tar.xz'));
  await mkdir(draft, { recursive: true });
  const wanted = SOURCE_FOLDERS.map((folder) => `linux-source-*/${folder}/*.[ch]`);
  execFileSync('tar', [
    '-xJf',
    join(source, file),
    '-C',
    draft,
    '--strip-components=1',
    '--wildcards',
    ...wanted,
  ]);
  for (const done of [debs, unpacked]) await rm(done, { recursive: true });
}
