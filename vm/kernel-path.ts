import { existsSync } from 'node:fs';
import { readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { cacheFolder, contentKey, publish, type Progress } from './cache.js';
import { hasPvhEntry, isElf } from './elf.js';
import { VmError } from './errors.js';
import { bzImageRelease, extractVmlinux } from './kernel-image.js';
import type { Kernel } from './kernel.js';

/**
 * A kernel that the user names by its path, which is one of
 * - an image (vmlinuz, bzImage or vmlinux), its modules being in `../lib/modules/RELEASE` or in `/lib/modules/RELEASE`;
 * - a folder `lib/modules/RELEASE` with a `vmlinuz` in it;
 * - a kernel's build folder, with `arch/x86/boot/bzImage`;
 * - a folder that holds both `boot/vmlinuz-RELEASE` and `lib/modules/RELEASE`, for example an unpacked package.
 */
export async function kernelFromPath(path: string, onProgress: Progress): Promise<Kernel> {
  const whole = resolve(path);
  const found = await stat(whole).catch(() => undefined);
  if (found === undefined) throw unusable(path, 'no such file or folder');
  if (found.isFile()) return fromImage(whole, modulesBeside(whole), onProgress);
  if (existsSync(join(whole, 'vmlinuz'))) return fromImage(join(whole, 'vmlinuz'), () => whole, onProgress);
  const built = join(whole, 'arch', 'x86', 'boot', 'bzImage');
  if (existsSync(built)) return { ...(await fromImage(built, () => undefined, onProgress)), headers: whole };
  const image = await bootImage(join(whole, 'boot'));
  if (image === undefined) throw unusable(path, 'the folder holds no kernel image');
  return fromImage(image, modulesBeside(image), onProgress);
}

async function fromImage(
  path: string,
  modulesOf: (release: string) => string | undefined,
  onProgress: Progress,
): Promise<Kernel> {
  const image = await readFile(path);
  const release = isElf(image) ? vmlinuxRelease(image) : bzImageRelease(image);
  if (release === undefined) throw unusable(path, 'the image does not name its release');
  const modules = modulesOf(release);
  const headers = modules === undefined ? undefined : join(modules, 'build');
  return {
    release,
    image: await bootable(path, image, onProgress),
    ...(modules === undefined ? {} : { modules }),
    ...(headers !== undefined && existsSync(headers) ? { headers } : {}),
  };
}

/** The image as QEMU boots it fastest: unpacked, where the kernel can be entered so. */
async function bootable(path: string, image: Buffer, onProgress: Progress): Promise<string> {
  if (isElf(image)) {
    if (hasPvhEntry(image)) return path;
    throw unusable(path, 'an ELF kernel boots only where it was built with CONFIG_PVH');
  }
  const unpacked = join(cacheFolder(), 'images', contentKey(image));
  if (existsSync(unpacked)) return unpacked;
  const vmlinux = await extractVmlinux(image);
  if (!hasPvhEntry(vmlinux)) return path;
  return publish(unpacked, onProgress, (draft) => writeFile(draft, vmlinux));
}

function modulesBeside(image: string): (release: string) => string | undefined {
  return (release) =>
    [join(dirname(image), '..', 'lib', 'modules', release), join('/lib/modules', release)].find((path) =>
      existsSync(path),
    );
}

async function bootImage(folder: string): Promise<string | undefined> {
  if (!existsSync(folder)) return undefined;
  const images = (await readdir(folder)).filter((name) => name.startsWith('vmlinuz-'));
  const newest = images.sort((a, b) => b.localeCompare(a, 'en', { numeric: true }))[0];
  return newest === undefined ? undefined : join(folder, newest);
}

function vmlinuxRelease(vmlinux: Buffer): string | undefined {
  const banner = 'Linux version ';
  // The banner's format string comes without a release; the banner itself starts with a number.
  for (let at = vmlinux.indexOf(banner); at >= 0; at = vmlinux.indexOf(banner, at + 1)) {
    const text = vmlinux.toString('latin1', at + banner.length, at + banner.length + 80);
    if (/^\d/.test(text)) return text.split(' ')[0];
  }
  return undefined;
}

function unusable(path: string, reason: string): VmError {
  return new VmError('ERR_VM_KERNEL_UNAVAILABLE', `a guest cannot boot '${path}': ${reason}`);
}
