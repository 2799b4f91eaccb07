import { readFileSync } from 'node:fs';
import { NetlinkError, systemError } from '../errors.js';
import { native } from '../native/addon.js';

const ENOENT = 2;
const EACCES = 13;
const ENODEV = 19;

/** The memory that a ring shares with the kernel, and the indexes in it. */
export class Mapping {
  /** Detached by {@link close}: views of it are then empty. */
  readonly memory: ArrayBuffer;
  readonly #handle: number;
  #closed = false;

  constructor(path: string) {
    const minor = deviceMinor();
    const handle = native().mapRing(path, minor);
    if (handle < 0) throw cannotOpen(path, minor, -handle);
    this.#handle = handle;
    const memory = native().ringMemory(handle);
    if (memory === undefined) {
      native().unmapRing(handle);
      throw new NetlinkError('this runtime refuses an ArrayBuffer over mapped memory', {
        code: 'ERR_NETLINK_UNSUPPORTED',
      });
    }
    this.memory = memory;
  }

  get closed(): boolean {
    return this.#closed;
  }

  get descriptor(): number {
    this.check();
    return native().ringDescriptor(this.#handle);
  }

  /** Reads an index with acquire semantics: everything that the other side wrote before it set the index is visible. */
  load(word: number): number {
    this.check();
    return native().loadRingIndex(this.#handle, word);
  }

  /** Sets an index with release semantics, after everything written before. */
  store(word: number, value: number): void {
    this.check();
    native().storeRingIndex(this.#handle, word, value);
  }

  check(): void {
    if (this.#closed) throw new NetlinkError('the mapped ring is closed', { code: 'ERR_NETLINK_CLOSED' });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    native().unmapRing(this.#handle);
  }
}

/** The device's minor number, which the kernel chose when the module was loaded. */
function deviceMinor(): number {
  const minor = /^ *(\d+) netlink_test$/m.exec(readFileSync('/proc/misc', 'latin1'))?.[1];
  if (minor !== undefined) return Number(minor);
  throw systemError('open', ENOENT, 'the module netlink_test is not loaded (/proc/misc does not list it)');
}

function cannotOpen(path: string, minor: number, errno: number): NetlinkError {
  if (errno === ENODEV)
    return systemError(
      'open',
      errno,
      `${path} is not a ring of this version of netlink_test (character device 10:${minor})`,
    );
  if (errno === ENOENT)
    return systemError('open', errno, `${path} does not exist; the module's device is 10:${minor}`);
  if (errno === EACCES)
    return systemError('open', errno, `${path} belongs to root; run as root, or change its mode`);
  return systemError('open', errno, `${path} cannot be opened and mapped as a ring`);
}
