import { existsSync } from 'node:fs';
import { cp, readFile, readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { cacheFolder, contentKey, publish, type Progress } from './cache.js';
import { VmError } from './errors.js';
import type { Kernel } from './kernel.js';
import { checkOptions, type OptionNames } from './options.js';
import { run } from './programs.js';
import type { ModuleToLoad } from './session-files.js';

/** Options of `buildModule`. */
export interface BuildOptions {
  /** Called with a line about each step that takes time. */
  readonly onProgress?: Progress;
  /** Further arguments of make, for example `W=1` or `CONFIG_NETDEVSIM=m`. */
  readonly makeArguments?: readonly string[];
}

const OPTIONS: OptionNames<BuildOptions> = { onProgress: true, makeArguments: true };

/** The sources of netlink_test, which come with the package. */
export const netlinkTestSources = join(__dirname, '..', '..', 'kernel-module');

/**
 * Builds the external module in a folder that has a Kbuild file or a Makefile, and gives the paths of its .ko files.
 *
 * The sources are copied into the cache under their content's hash, so the folder itself stays clean and an unchanged module is built once for each kernel.
 * @throws VmError ERR_VM_MODULE_BUILD with the compiler's messages.
 */
export async function buildModule(
  kernel: Kernel,
  sources: string,
  options: BuildOptions = {},
): Promise<string[]> {
  checkOptions('buildModule', options, OPTIONS);
  const folder = resolve(sources);
  const { headers } = kernel;
  if (headers === undefined || !existsSync(headers)) {
    throw new VmError(
      'ERR_VM_KERNEL_UNAVAILABLE',
      `Linux ${kernel.release} has no headers to build ${folder} against`,
    );
  }
  const onProgress = options.onProgress ?? (() => undefined);
  const files = await sourceFiles(folder);
  const contents = await Promise.all(files.map((file) => readFile(join(folder, file))));
  const make = [
    ...(kernel.compiler === undefined ? ['CC=gcc'] : [`CC=${kernel.compiler}`]),
    ...(options.makeArguments ?? []),
  ];
  const key = contentKey(headers, ...make, ...files, ...contents);
  const built = join(cacheFolder(), 'modules', `${basename(folder)}-${kernel.release}-${key}`);
  await publish(built, onProgress, async (draft) => {
    onProgress(`building ${basename(folder)} for Linux ${kernel.release}`);
    for (const file of files) await cp(join(folder, file), join(draft, file));
    await run('make', ['-C', headers, `M=${draft}`, ...make, 'modules']).catch((error: unknown) => {
      throw new VmError(
        'ERR_VM_MODULE_BUILD',
        `${folder} does not build for Linux ${kernel.release}: ${String(error)}`,
        error,
      );
    });
  });
  const modules = (await readdir(built, { recursive: true })).filter((file) => file.endsWith('.ko'));
  if (modules.length === 0) throw new VmError('ERR_VM_MODULE_BUILD', `${folder} builds no module`);
  return modules.map((file) => join(built, file));
}

/** The modules as files: where a folder of sources is named, what it builds. */
export async function builtModules(
  kernel: Kernel,
  modules: readonly ModuleToLoad[],
  onProgress?: Progress,
): Promise<ModuleToLoad[]> {
  const built: ModuleToLoad[] = [];
  for (const module of modules) {
    const path = resolve(module.path);
    const isFolder = (await stat(path).catch(() => undefined))?.isDirectory() === true;
    const files = isFolder
      ? await buildModule(kernel, path, onProgress === undefined ? {} : { onProgress })
      : [path];
    built.push(...files.map((file) => ({ ...module, path: file })));
  }
  return built;
}

/** What a build reads: everything but what an earlier build left and what no build needs. */
async function sourceFiles(folder: string): Promise<string[]> {
  if (!existsSync(folder))
    throw new VmError('ERR_VM_INVALID_ARGUMENT', `build a module: folder '${folder}' does not exist`);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter(
      (entry) =>
        entry.isFile() &&
        /^(?:Kbuild|Makefile|.*\.[chS])$/.test(entry.name) &&
        !entry.name.endsWith('.mod.c'),
    )
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}
