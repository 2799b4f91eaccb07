import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Archive } from './apt.js';

/** Where a kernel's unpacked packages lie. */
interface UnpackedKernel {
  readonly archive: Archive;
  readonly release: string;
  readonly root: string;
  readonly headers: string;
  readonly folder: string;
}

/** Makes unpacked headers usable where they lie, with this machine's compiler and libraries. */
export async function adaptHeaders(kernel: UnpackedKernel): Promise<{ compiler?: string }> {
  await pointAtRoot(join(kernel.headers, 'Makefile'), kernel.root);
  // A stub that holds the kernel's type information. With it each build asks for pahole, and the module needs none.
  const stub = join(kernel.headers, 'vmlinux');
  if (existsSync(stub)) await rm(stub);
  return {};
}

/** The packaged Makefile includes the common headers by their installed path. */
async function pointAtRoot(makefile: string, root: string): Promise<void> {
  const text = await readFile(makefile, 'utf8');
  await writeFile(makefile, text.replace(/([ =])\/usr\/src\//g, `$1${root}/usr/src/`));
}
