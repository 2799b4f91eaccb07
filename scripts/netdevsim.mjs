// Builds netdevsim, a simulated network device with a devlink instance, for a guest's kernel: Debian's kernels leave it
// out, and Debian's package of the same kernel's source has it.
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/** Where Debian keeps the kernels of these series, and their sources. */
const suites = { 6.1: ['bookworm', 'bookworm-security'], newest: ['trixie', 'trixie-backports'] };

/** The path of netdevsim.ko for the kernel of a series; what it takes is downloaded on first use. */
export async function prepareNetdevsim(series, kernel, onProgress) {
  const { cacheFolder, publish } = require('../unbundled/vm/cache.js');
  const { buildModule } = require('../unbundled/vm/module.js');
  const sources = join(cacheFolder(), 'sources', kernel.release, 'netdevsim');
  await publish(sources, onProgress, (draft) => fetchSources(suites[series], kernel, draft, onProgress));
  const [module] = await buildModule(kernel, sources, {
    onProgress,
    makeArguments: ['CONFIG_NETDEVSIM=m', 'KCFLAGS=-DCONFIG_NETDEVSIM_MODULE=1'],
  });
  return module;
}

async function fetchSources(from, { release }, draft, onProgress) {
  const { Archive } = require('../unbundled/vm/apt.js');
  const { VmError } = require('../unbundled/vm/index.js');
  onProgress(`downloading the source of Linux ${release}`);
  const archive = await Archive.open(from);
  await archive.update();
  const { version } = await archive.find(`linux-image-${release}`);
  const name = `linux-source-${release.split('.', 2).join('.')}`;
  const [debs, unpacked] = ['debs', 'unpacked'].map((part) => join(dirname(draft), part));
  await archive.unpack([{ name, version }], debs, unpacked).catch((cause) => {
    const message = `the archive has no source of Linux ${release}: ${cause.message}`;
    throw new VmError('ERR_VM_KERNEL_UNAVAILABLE', message, cause);
  });
  const folder = join(unpacked, 'usr/src');
  const [file] = readdirSync(folder).filter((entry) => entry.endsWith('.tar.xz'));
  await mkdir(draft, { recursive: true });
  const only = ['--strip-components=4', '--wildcards', '*/drivers/net/netdevsim'];
  execFileSync('tar', ['-xJf', join(folder, file), '-C', draft, ...only]);
  for (const done of [debs, unpacked]) await rm(done, { recursive: true });
}
