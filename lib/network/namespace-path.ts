import { closeSync, constants, openSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { errnoName, invalidArgument, NetlinkError } from '../errors.js';
import { shown } from '../shown-value.js';
import type { NetworkNamespace } from '../socket/port/namespace.js';
import { integer } from './checks.js';

/** Where `ip netns` keeps the namespaces that have a name. */
const NAMED = '/run/netns';

/** A namespace, with the path of one that is given by name. */
export function namespacePath(netns: NetworkNamespace): NetworkNamespace {
  return typeof netns === 'string' ? pathOf(netns) : netns;
}

/** A descriptor of a namespace for as long as a request needs it. */
export class NamespaceDescriptor implements Disposable {
  readonly fd: number;
  readonly #owned: boolean;

  /** Throws ENOENT, EACCES … where the namespace cannot be opened. */
  constructor(where: string, netns: NetworkNamespace) {
    this.#owned = !(typeof netns === 'object' && 'fd' in netns);
    this.fd = descriptorOf(where, netns);
  }

  [Symbol.dispose](): void {
    if (this.#owned) closeSync(this.fd);
  }
}

function descriptorOf(where: string, netns: NetworkNamespace): number {
  if (typeof netns === 'string') return openFile(where, pathOf(netns));
  if (typeof netns !== 'object' || (netns as unknown) === null) {
    throw invalidArgument(`${where} must be a name, a path, { pid } or { fd }, got ${shown(netns)}`);
  }
  if ('fd' in netns) return integer(`${where}.fd`, netns.fd, 0, 0x7fffffff);
  return openFile(where, `/proc/${integer(`${where}.pid`, netns.pid, 1, 0x7fffffff)}/ns/net`);
}

function pathOf(netns: string): string {
  return isAbsolute(netns) ? netns : join(NAMED, netns);
}

function openFile(where: string, path: string): number {
  try {
    return openSync(path, constants.O_RDONLY);
  } catch (error) {
    const { errno = 0 } = error as NodeJS.ErrnoException;
    const code = errnoName(Math.abs(errno));
    const message = `${where}: the network namespace ${path} cannot be opened: ${code}`;
    throw new NetlinkError(message, { code, errno: Math.abs(errno), syscall: 'open', cause: error });
  }
}
