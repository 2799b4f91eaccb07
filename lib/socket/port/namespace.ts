import { closeSync, constants, openSync } from 'node:fs';
import { errnoName, invalidArgument, NetlinkError } from '../../errors.js';
import { checkOptions, type KnownNames, namesOf } from '../../known-names.js';

/**
 * A network namespace: the path of a file that stands for it (`/run/netns/blue`, `/proc/1/ns/net`), the id of a process
 * that is in it, or an open descriptor of such a file.
 */
export type NetworkNamespace = string | { readonly pid: number } | { readonly fd: number };

const KINDS: KnownNames = namesOf<{ pid: number; fd: number }>({ pid: true, fd: true });

/** Calls `use` with a descriptor of the namespace, or with -1 for our own. */
export function withNamespace<Result>(
  namespace: NetworkNamespace | undefined,
  use: (descriptor: number) => Result,
): Result {
  if (namespace === undefined) return use(-1);
  if (typeof namespace === 'object') checkOptions('openSocket: netns', namespace, KINDS);
  if (typeof namespace === 'object' && 'fd' in namespace) {
    checkNumber('fd', namespace.fd, 0);
    return use(namespace.fd);
  }
  const descriptor = openNamespace(pathOf(namespace));
  try {
    return use(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function pathOf(namespace: string | { readonly pid: number }): string {
  if (typeof namespace === 'string') return namespace;
  checkNumber('pid', namespace.pid, 1);
  return `/proc/${namespace.pid}/ns/net`;
}

function openNamespace(path: string): number {
  try {
    return openSync(path, constants.O_RDONLY);
  } catch (error) {
    const { errno, message } = error as NodeJS.ErrnoException;
    // A path with a NUL never comes to open(2).
    if (errno === undefined)
      throw invalidArgument(`openSocket: netns: '${path}' cannot be opened: ${message}`);
    const code = errnoName(Math.abs(errno));
    throw new NetlinkError(`the network namespace ${path} cannot be opened: ${code}`, {
      code,
      errno: Math.abs(errno),
      syscall: 'open',
      cause: error,
    });
  }
}

function checkNumber(name: string, value: number, minimum: number): void {
  if (Number.isInteger(value) && value >= minimum && value <= 0x7fffffff) return;
  throw invalidArgument(`openSocket: netns.${name} is ${String(value)}`);
}
