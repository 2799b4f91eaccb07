import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { cacheFolder, contentKey, publish, type Progress } from './cache.js';
import { writeCpio, type ArchiveEntry } from './cpio.js';
import { isStatic } from './elf.js';
import { VmError } from './errors.js';
import type { Kernel } from './kernel.js';
import { requireProgram, run } from './programs.js';

/** The guest's shell scripts, which are in the package next to the compiled folder. */
const scripts = join(__dirname, '..', '..', 'vm', 'guest');
/** The applets of busybox that the scripts use. */
const applets = [
  ...['cat', 'chmod', 'cp', 'date', 'env', 'hostname', 'insmod', 'ip', 'ln', 'mkdir', 'mkfifo', 'mount'],
  ...['poweroff', 'setsid', 'sh', 'sleep', 'stty', 'switch_root', 'sync'],
];
const bootModules = ['virtio_pci', '9pnet_virtio', '9p', 'overlay', 'virtio_console'];

/** The path of a cached initramfs for the kernel: busybox, the modules that it needs to reach the host's root, the scripts. */
export async function prepareInitramfs(kernel: Kernel, onProgress: Progress): Promise<string> {
  const busybox = await staticBusybox();
  const init = await readFile(join(scripts, 'init.sh'));
  const session = await readFile(join(scripts, 'session.sh'));
  const modules = await modulesInOrder(kernel);
  const key = contentKey(kernel.release, busybox, init, session, applets.join(), ...modules);
  return publish(
    join(cacheFolder(), 'initramfs', `${kernel.release}-${key}.cpio`),
    onProgress,
    async (draft) => {
      onProgress(`Linux ${kernel.release}: writing its initramfs`);
      const unpacked = await Promise.all(modules.map(unpackModule));
      const entries: ArchiveEntry[] = [
        { path: 'bin' },
        { path: 'dev' },
        { path: 'modules' },
        { path: 'session' },
        { path: 'bin/busybox', content: busybox },
        ...applets.map((name) => ({ path: `bin/${name}`, target: 'busybox' })),
        { path: 'init', content: init },
        { path: 'session/session.sh', content: session },
        { path: 'modules/order', content: Buffer.from(unpacked.map(({ name }) => `${name}\n`).join('')) },
        ...unpacked.map(({ name, content }) => ({ path: `modules/${name}`, content })),
      ];
      await writeFile(draft, writeCpio(entries));
    },
  );
}

async function staticBusybox(): Promise<Buffer> {
  const path = requireProgram('busybox');
  const program = await readFile(path);
  if (!isStatic(program)) {
    throw new VmError(
      'ERR_VM_MISSING_PROGRAM',
      `${path} is not static: install the Debian package busybox-static`,
    );
  }
  return program;
}

/** The files of the modules that the initramfs loads, each after those that it needs. */
async function modulesInOrder(kernel: Kernel): Promise<string[]> {
  if (kernel.modules === undefined) return [];
  const root = join(kernel.modules, '..', '..', '..');
  const listing = await run('modprobe', [
    '-C',
    '/dev/null',
    '-d',
    root,
    '-S',
    kernel.release,
    '-a',
    '--show-depends',
    ...bootModules,
  ]);
  const files = [...listing.toString().matchAll(/^insmod (.+?) *$/gm)].map(([, path = '']) => path);
  return [...new Set(files)];
}

async function unpackModule(path: string): Promise<{ name: string; content: Buffer }> {
  const unpackers: Readonly<Record<string, string>> = { '.xz': 'xz', '.zst': 'zstd', '.gz': 'gzip' };
  const suffix = /\.ko(\.\w+)$/.exec(path)?.[1];
  if (suffix === undefined) return { name: basename(path), content: await readFile(path) };
  const unpacker = unpackers[suffix];
  if (unpacker === undefined)
    throw new VmError('ERR_VM_KERNEL_UNAVAILABLE', `cannot unpack the module ${path}`);
  return { name: basename(path, suffix), content: await run(unpacker, ['-dc', path]) };
}
