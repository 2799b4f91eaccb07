import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Archive } from './apt.js';
import { cacheFolder, readJson, replace, withLock, type Progress } from './cache.js';
import { VmError } from './errors.js';
import type { Kernel } from './kernel.js';
import { extractVmlinux } from './kernel-image.js';
import { kernelFromPath } from './kernel-path.js';
import { checkOptions, type OptionNames } from './options.js';
import { run } from './programs.js';
import { adaptHeaders } from './toolchain.js';

interface Series {
  readonly suites: readonly string[];
  readonly version: RegExp;
}

const series: Readonly<Record<string, Series>> = {
  '6.1': { suites: ['bookworm', 'bookworm-security'], version: /^6\.1\./ },
  '6.12': { suites: ['bookworm', 'bookworm-security'], version: /^6\.12\./ },
  newest: { suites: ['trixie', 'trixie-backports'], version: /^\d/ },
};

/** The names that {@link prepareKernel} knows. */
export const kernelSeries: readonly string[] = Object.keys(series);

const OPTIONS: OptionNames<KernelOptions> = { refresh: true, onProgress: true };

/** Options for finding a kernel. */
export interface KernelOptions {
  /** Asks the archive for a newer version, where a cached kernel would do. */
  readonly refresh?: boolean;
  /** Called with a line about each step that takes time. */
  readonly onProgress?: Progress;
}

/**
 * A kernel ready to boot and to build modules for.
 *
 * `name` is `6.1`, `6.12`, `newest` (Debian's, downloaded into the cache on first use, never installed) or the path of one.
 * @throws VmError ERR_VM_KERNEL_UNAVAILABLE where it cannot be had.
 */
export async function prepareKernel(name: string, options: KernelOptions = {}): Promise<Kernel> {
  checkOptions('prepareKernel', options, OPTIONS);
  const onProgress = options.onProgress ?? (() => undefined);
  const wanted = series[name];
  if (wanted === undefined) return kernelFromPath(name, onProgress);
  const pointer = join(cacheFolder(), 'kernels', `${name}-${preparation}.json`);
  const cached = options.refresh === true ? undefined : await readJson<Kernel>(pointer);
  if (cached !== undefined && existsSync(cached.image)) return cached;

  return withLock(onProgress, async () => {
    const meanwhile = options.refresh === true ? undefined : await readJson<Kernel>(pointer);
    if (meanwhile !== undefined && existsSync(meanwhile.image)) return meanwhile;
    const kernel = await fetchKernel(name, wanted, onProgress).catch((error: unknown) => {
      if (error instanceof VmError && error.code === 'ERR_VM_PROGRAM_FAILED') {
        throw new VmError(
          'ERR_VM_KERNEL_UNAVAILABLE',
          `Linux ${name} cannot be had: ${error.message}`,
          error,
        );
      }
      throw error;
    });
    await replace(pointer, (draft) => writeFile(draft, JSON.stringify(kernel, undefined, 2)));
    return kernel;
  });
}

/** Changes with the way kernels are prepared: a kernel that an older version of this package prepared is prepared again. */
const preparation = 1;

/** How many versions of a series are tried, where the mirror lists one that it no longer has, or that cannot be built for. */
const attempts = 3;

async function fetchKernel(name: string, wanted: Series, onProgress: Progress): Promise<Kernel> {
  onProgress(`Linux ${name}: reading Debian's package lists`);
  const archive = await Archive.open(wanted.suites);
  await archive.update();
  const failures: string[] = [];
  const names = await archive.packageNames('linux-headers-');
  for (const release of releasesIn(names, wanted.version).slice(0, attempts)) {
    const image = await archive.find(`linux-image-${release}`);
    if (image === undefined) continue;
    try {
      return await fetchRelease(archive, release, image.version, (line) =>
        onProgress(`Linux ${name}: ${line}`),
      );
    } catch (error) {
      if (!(error instanceof VmError)) throw error;
      failures.push(error.message);
    }
  }
  const reason = failures[0] ?? 'the mirror has no such kernel with headers';
  throw new VmError('ERR_VM_KERNEL_UNAVAILABLE', `Linux ${name} cannot be had: ${reason}`);
}

async function fetchRelease(
  archive: Archive,
  release: string,
  version: string,
  onProgress: Progress,
): Promise<Kernel> {
  const folder = join(cacheFolder(), 'kernels', `${release}_${version.replace(/[^\w.+~-]/g, '_')}`);
  const description = join(folder, `kernel-${preparation}.json`);
  const known = await readJson<Kernel>(description);
  if (known !== undefined && existsSync(known.image)) return known;

  onProgress(`downloading and unpacking ${release} (${version})`);
  // What is there is left of an interrupted preparation, or of a cache that was moved: headers know their own path.
  await rm(folder, { recursive: true, force: true });
  await replace(folder, (draft) => unpackKernel(archive, release, draft));
  onProgress('preparing its headers');
  const root = join(folder, 'root');
  const headers = join(root, 'usr', 'src', `linux-headers-${release}`);
  const kernel: Kernel = {
    release,
    image: join(folder, 'vmlinux'),
    modules: join(root, 'lib', 'modules', release),
    headers,
    compiler: await adaptHeaders({ archive, release, root, headers, folder }),
  };
  await replace(description, (draft) => writeFile(draft, JSON.stringify(kernel, undefined, 2)));
  return kernel;
}

/** The releases that the names of header packages stand for, newest first; clouds' and real-time kernels are none. */
export function releasesIn(names: readonly string[], version: RegExp): string[] {
  return names
    .map((name) => /^linux-headers-(\d[^-]*(?:-\d+)?-amd64)$/.exec(name)?.[1] ?? '')
    .filter((release) => /^\d+\.\d+\./.test(release) && version.test(release))
    .sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
}

async function unpackKernel(archive: Archive, release: string, draft: string): Promise<void> {
  const packages = await archive.closure([`linux-image-${release}`, `linux-headers-${release}`], (name) =>
    /^linux-(?:image|headers|kbuild|base|binary|modules)-/.test(name),
  );
  const root = join(draft, 'root');
  const debs = join(draft, 'debs');
  await archive.unpack(packages, debs, root);
  await rm(debs, { recursive: true });
  // From 7.x on the modules lie in usr/lib alone, where a real system has lib point to usr/lib.
  if (!existsSync(join(root, 'lib'))) await symlink('usr/lib', join(root, 'lib'));
  await run('depmod', ['-b', root, release]);
  const candidates = [
    join(root, 'boot', `vmlinuz-${release}`),
    join(root, 'lib', 'modules', release, 'vmlinuz'),
  ];
  const image = candidates.find((path) => existsSync(path));
  if (image === undefined)
    throw new VmError('ERR_VM_KERNEL_UNAVAILABLE', `the packages of ${release} hold no vmlinuz`);
  await mkdir(draft, { recursive: true });
  await writeFile(join(draft, 'vmlinux'), await extractVmlinux(await readFile(image)));
}
