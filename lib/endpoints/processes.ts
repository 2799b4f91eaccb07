import { readdir, readFile, readlink } from 'node:fs/promises';
import type { EndpointProcess } from './endpoint.js';
import { unlessGone } from './unless-gone.js';

/** The processes that have sockets with these inodes open, as far as we may read /proc/PID/fd. */
export async function processesByInode(
  inodes: ReadonlySet<number>,
): Promise<ReadonlyMap<number, readonly EndpointProcess[]>> {
  const found = new Map<number, EndpointProcess[]>();
  if (inodes.size === 0) return found;
  for (const pid of await processIds()) {
    const open = (await openSockets(pid)).filter((inode) => inodes.has(inode));
    if (open.length === 0) continue;
    const name = await unlessGone(readFile(`/proc/${pid}/comm`, 'utf8'));
    if (name === undefined) continue;
    for (const inode of new Set(open)) {
      const processes = found.get(inode) ?? [];
      found.set(inode, [...processes, { pid, name: name.trimEnd() }]);
    }
  }
  return found;
}

export async function processIds(): Promise<number[]> {
  const entries = await readdir('/proc');
  return entries.filter((name) => /^\d+$/.test(name)).map(Number);
}

async function openSockets(pid: number): Promise<number[]> {
  const descriptors = (await unlessGone(readdir(`/proc/${pid}/fd`))) ?? [];
  const targets = await Promise.all(
    descriptors.map((descriptor) => unlessGone(readlink(`/proc/${pid}/fd/${descriptor}`))),
  );
  return targets.flatMap((target) => {
    const inode = /^socket:\[(\d+)\]$/.exec(target ?? '')?.[1];
    return inode === undefined ? [] : [Number(inode)];
  });
}
