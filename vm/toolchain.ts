import { existsSync } from 'node:fs';
import { mkdtemp, readFile, readdir, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Archive } from './apt.js';
import { isElf } from './elf.js';
import { VmError } from './errors.js';
import { run } from './programs.js';
import { quote } from './session-files.js';

/** Where a kernel's unpacked packages lie. */
interface UnpackedKernel {
  readonly archive: Archive;
  readonly release: string;
  readonly root: string;
  readonly headers: string;
  /** Takes what has to be added. */
  readonly folder: string;
}

/**
 * Makes unpacked headers usable where they lie, with this machine's compiler and libraries; gives the compiler to use.
 * @throws VmError ERR_VM_KERNEL_UNAVAILABLE where even the smallest module does not build.
 */
export async function adaptHeaders(kernel: UnpackedKernel): Promise<string> {
  await pointAtRoot(join(kernel.headers, 'Makefile'), kernel.root);
  // A stub that holds the kernel's type information. With it each build asks for pahole, and no module needs that.
  await rm(join(kernel.headers, 'vmlinux'), { force: true });
  await giveLibraries(kernel);
  const compiler = await compilerFor(kernel);
  await tryBuild(kernel, compiler);
  return compiler;
}

/** The packaged Makefile includes the common headers by their installed path. */
async function pointAtRoot(makefile: string, root: string): Promise<void> {
  const text = await readFile(makefile, 'utf8');
  await writeFile(makefile, text.replace(/([ =])\/usr\/src\//g, `$1${root}/usr/src/`));
}

/** Build tools that were linked with a newer C library than this machine's run with the libraries of their own suite. */
async function giveLibraries(kernel: UnpackedKernel): Promise<void> {
  const stranded: string[] = [];
  for (const tool of await buildTools(kernel.headers)) if (await lacksLibraries(tool)) stranded.push(tool);
  if (stranded.length === 0) return;

  const tools = await kernel.archive.closure(
    [`linux-kbuild-${kernel.release.replace(/-amd64$/, '')}`],
    () => false,
  );
  const names = tools.flatMap(({ depends }) => depends);
  const isLibrary = (name: string): boolean => /^(?:lib|zlib)/.test(name);
  const libraries = join(kernel.folder, 'libraries');
  const debs = join(kernel.folder, 'debs');
  await kernel.archive.unpack(
    await kernel.archive.closure(names.filter(isLibrary), isLibrary),
    debs,
    libraries,
  );
  await rm(debs, { recursive: true });

  const loader = ['usr/lib64', 'lib64']
    .map((path) => join(libraries, path, 'ld-linux-x86-64.so.2'))
    .find((path) => existsSync(path));
  if (loader === undefined) throw unavailable(kernel, 'the packages of its C library hold no loader');
  const path = ['usr/lib', 'lib'].map((folder) => join(libraries, folder, 'x86_64-linux-gnu')).join(':');
  for (const tool of stranded) {
    await rename(tool, `${tool}.elf`);
    const script = `#!/bin/sh\nexec ${quote(loader)} --library-path ${quote(path)} ${quote(`${tool}.elf`)} "$@"\n`;
    await writeFile(tool, script, { mode: 0o755 });
  }
}

async function buildTools(headers: string): Promise<string[]> {
  const found: string[] = [];
  for (const part of ['scripts', 'tools']) {
    const folder = join(headers, part);
    if (!existsSync(folder)) continue;
    const entries = await readdir(await realpath(folder), { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    for (const file of files) if (isElf(await readFile(file))) found.push(file);
  }
  return found;
}

async function lacksLibraries(program: string): Promise<boolean> {
  const said = await run('sh', ['-c', 'ldd "$1" 2>&1 || :', 'sh', program]);
  return said.includes('not found');
}

/** Options that later compilers know, and what an earlier one is given instead. */
const compilerScript = `#!/bin/sh
# gcc, without the options that only the compiler of this kernel knows.
for option do
	shift
	case $option in
	-fstrict-flex-arrays*) ;;
	-fmin-function-alignment=*) set -- "$@" "-falign-functions=\${option#*=}" ;;
	*) set -- "$@" "$option" ;;
	esac
done
exec gcc "$@"
`;

async function compilerFor(kernel: UnpackedKernel): Promise<string> {
  const config = await readFile(join(kernel.headers, '.config'), 'utf8');
  const wanted = Number(/^CONFIG_GCC_VERSION=(\d+)$/m.exec(config)?.[1] ?? 0);
  const [major = 0, minor = 0] = (await run('gcc', ['-dumpfullversion'])).toString().split('.').map(Number);
  if (wanted <= major * 10000 + minor * 100 + 99) return 'gcc';
  const script = join(kernel.folder, 'gcc');
  await writeFile(script, compilerScript, { mode: 0o755 });
  return script;
}

async function tryBuild(kernel: UnpackedKernel, compiler: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'afnetlink-module-'));
  try {
    await writeFile(join(folder, 'Kbuild'), 'obj-m := probe.o\n');
    await writeFile(
      join(folder, 'probe.c'),
      '#include <linux/module.h>\nMODULE_DESCRIPTION("empty");\nMODULE_LICENSE("GPL");\n',
    );
    await run('make', ['-C', kernel.headers, `M=${folder}`, `CC=${compiler}`, 'modules']);
  } catch (error) {
    throw unavailable(
      kernel,
      `this machine cannot build a module for it: ${error instanceof Error ? error.message : String(error)}`,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function unavailable(kernel: UnpackedKernel, reason: string): VmError {
  return new VmError('ERR_VM_KERNEL_UNAVAILABLE', `Linux ${kernel.release}: ${reason}`);
}
