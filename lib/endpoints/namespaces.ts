import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { processIds } from './processes.js';
import { unlessGone } from './unless-gone.js';

/** Where `ip netns add` keeps namespaces, which need no process in them. */
const NAMED = '/run/netns';
const OWN = '/proc/self/ns/net';

/** A network namespace, and a file that refers to it. */
export interface FoundNamespace {
  /** The number in `net:[…]`. */
  readonly id: number;
  readonly path: string;
}

/** The namespace of this process. */
export async function ownNamespace(): Promise<FoundNamespace> {
  return { id: (await stat(OWN)).ino, path: OWN };
}

/** Our own namespace, those of all processes that we may inspect, and named ones. */
export async function allNamespaces(): Promise<readonly FoundNamespace[]> {
  const own = await ownNamespace();
  const named = (await unlessGone(readdir(NAMED))) ?? [];
  const paths = [
    ...(await processIds()).map((pid) => `/proc/${pid}/ns/net`),
    ...named.map((name) => join(NAMED, name)),
  ];
  const found = new Map([[own.id, own]]);
  for (const path of paths) {
    const file = await unlessGone(stat(path));
    if (file !== undefined && !found.has(file.ino)) found.set(file.ino, { id: file.ino, path });
  }
  return [...found.values()];
}
