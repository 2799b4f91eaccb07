import { NetlinkError, systemError } from '../errors.js';
import { native } from '../native/addon.js';
import { RING_PAGES } from './layout.js';

const ENOENT = 2;
const EACCES = 13;

/** The memory that a ring shares with the kernel, and the indexes in it. */
export class Mapping {
  /** Detached by {@link close}: views of it are then empty. */
  readonly memory: ArrayBuffer;
  readonly #handle: number;
  #closed = false;

  constructor(path: string) {
    const handle = native().mapRing(path, RING_PAGES);
    if (handle < 0) throw cannotOpen(path, -handle);
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

function cannotOpen(path: string, errno: number): NetlinkError {
  if (errno === ENOENT)
    return systemError('open', errno, `there is no ${path}: load the module netlink_test`);
  if (errno === EACCES)
    return systemError('open', errno, `${path} belongs to root; run as root, or change its mode`);
  return systemError('open', errno, `${path} cannot be opened and mapped as a ring`);
}
