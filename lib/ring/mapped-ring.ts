import { invalidArgument, malformed } from '../errors.js';
import { checkOptions, type KnownNames, namesOf } from '../known-names.js';
import { shown } from '../shown-value.js';
import { netlinkTestFamily, type NetlinkTestClient } from '../families/netlink_test.js';
import { openFamily } from '../client/open.js';
import type { CallOptions } from '../socket/requests/call-options.js';
import { openSocket } from '../socket/open-socket.js';
import type { NetlinkSocket } from '../socket/netlink-socket.js';
import { NLMSG_HDRLEN, NLMSG_MIN_TYPE } from '../wire/constants.js';
import {
  RING_PAGES,
  RING_SLOTS,
  RING_SLOT_SIZE,
  TO_KERNEL_EMPTIED,
  TO_KERNEL_FILLED,
  TO_USER_EMPTIED,
  TO_USER_FILLED,
} from './layout.js';
import { Mapping } from './mapping.js';

/** The most bytes of a message's payload. */
const PAYLOAD_MAX = RING_SLOT_SIZE - NLMSG_HDRLEN;

/** Options of `openMappedRing`. */
export interface OpenMappedRingOptions {
  /** The module's device. Default: `'/dev/netlink_test'`. */
  readonly path?: string;
}

/** Options of a message sent through the ring. */
export interface RingMessageOptions {
  /** nlmsg_type, 0 to 65535. Default: 16 (NLMSG_MIN_TYPE). */
  readonly type?: number;
  /** nlmsg_seq. Default: the number of messages written before, modulo 2^32. */
  readonly sequence?: number;
}

const OPEN_OPTIONS: KnownNames = namesOf<OpenMappedRingOptions>({ path: true });
const MESSAGE_OPTIONS: KnownNames = namesOf<RingMessageOptions>({ type: true, sequence: true });

/** What the module has read from a ring. */
export interface Taken {
  /** Slots that it emptied. Fewer than were filled if there was no room for more receipts. */
  readonly slots: number;
  /** How many of them held a malformed message, which gets no receipt. */
  readonly malformed: number;
}

/** A message in a slot to user space. */
export interface RingMessage {
  /** nlmsg_type. */
  readonly type: number;
  /** nlmsg_seq. */
  readonly sequence: number;
  /** 0 to 15. Its page is the ring's page 17 + `slot`, as {@link MappedRing.frames} counts them. */
  readonly slot: number;
  /** The mapped memory itself: once the callback has returned, the kernel may write there. */
  readonly payload: Uint8Array<ArrayBuffer>;
}

/**
 * Opens and maps a ring of the module netlink_test. Throws ENOENT without the module, EACCES without the right to the device,
 * and ENODEV when `path` names any other file, which is then not opened.
 */
export function openMappedRing(options: OpenMappedRingOptions = {}): MappedRing {
  checkOptions('openMappedRing', options, OPEN_OPTIONS);
  return new MappedRing(options.path ?? '/dev/netlink_test');
}

/**
 * Pages that this process and the module netlink_test share, and a Generic Netlink socket
 * to signal that they hold messages. Payloads are written and read in place; neither side copies them.
 *
 * A ring belongs to the thread that opened it, and keeps the process alive only while a command waits for its answer.
 */
export class MappedRing implements Disposable, AsyncDisposable {
  readonly #mapping: Mapping;
  /** Opened by the first command. */
  #control: NetlinkSocket | undefined;
  #family: NetlinkTestClient | undefined;
  /** The indexes that this side writes: of the messages to the kernel, and of those to user space. */
  #filled: number;
  #emptied: number;
  #writing = false;
  #reading = false;

  /** Use {@link openMappedRing}. */
  constructor(path: string) {
    this.#mapping = new Mapping(path);
    this.#filled = this.#mapping.load(TO_KERNEL_FILLED);
    this.#emptied = this.#mapping.load(TO_USER_EMPTIED);
  }

  /** Slots in each direction. */
  readonly slots: number = RING_SLOTS;
  /** The most bytes of a message's payload; the least is 1. */
  readonly payloadMax: number = PAYLOAD_MAX;

  /** Whether the ring has been closed. */
  get closed(): boolean {
    return this.#mapping.closed;
  }

  /** All of the mapped memory: a page of indexes, the slots to the kernel, the slots to user space. Detached by {@link close}. */
  get memory(): ArrayBuffer {
    return this.#mapping.memory;
  }

  /**
   * Writes a message into the next free slot: `fill` is called with `length` bytes of the mapped memory, which still hold an
   * older message. Returns the slot. If all slots are full, as they stay until the next
   * {@link submit}, returns undefined without calling `fill`. If `fill` throws, nothing was written.
   */
  write(
    length: number,
    fill: (payload: Uint8Array<ArrayBuffer>) => void,
    options: RingMessageOptions = {},
  ): number | undefined {
    checkOptions('write', options, MESSAGE_OPTIONS);
    const { type = NLMSG_MIN_TYPE, sequence = this.#filled } = options;
    checkInteger('length', length, 1, PAYLOAD_MAX);
    checkInteger('type', type, 0, 0xffff);
    checkInteger('sequence', sequence, 0, 0xffff_ffff);
    if (this.#writing)
      throw invalidArgument('write: must not be called by the function that fills another message');
    if (used(this.#filled, this.#mapping.load(TO_KERNEL_EMPTIED)) === RING_SLOTS) return undefined;
    const slot = this.#filled % RING_SLOTS;
    const offset = this.#offset(1 + slot);
    this.#writing = true;
    try {
      fill(new Uint8Array(this.memory, offset + NLMSG_HDRLEN, length));
    } finally {
      this.#writing = false;
    }
    this.#mapping.check();
    new Uint32Array(this.memory, offset, 4).set([NLMSG_HDRLEN + length, 0, sequence, 0]);
    new Uint16Array(this.memory, offset + 4, 1)[0] = type;
    this.#filled = (this.#filled + 1) >>> 0;
    this.#mapping.store(TO_KERNEL_FILLED, this.#filled);
    return slot;
  }

  /**
   * Calls `use` with each message that the kernel has written, and frees its slot when `use` returns or throws. Returns how
   * many there were. Throws ERR_NETLINK_MALFORMED if the ring holds something other than a message.
   */
  read(use: (message: RingMessage) => void): number {
    if (this.#reading) throw invalidArgument('read: must not be called by the function that reads a message');
    const count = used(this.#mapping.load(TO_USER_FILLED), this.#emptied);
    this.#reading = true;
    try {
      for (let index = 0; index < count; index++) {
        this.#readNext(use);
        if (this.closed) return index + 1;
      }
    } finally {
      this.#reading = false;
    }
    return count;
  }

  /** Has the module take the messages that were written; their receipts are there to {@link read} when this resolves. */
  async submit(options?: CallOptions): Promise<Taken> {
    const family = await this.#open(options);
    const taken = await family.do.ringSubmit({ fd: this.#mapping.descriptor }, options);
    return { slots: Number(taken.count), malformed: Number(taken.dropped) };
  }

  /**
   * Has the module produce `count` messages of `size` bytes each in the mapped pages. Resolves with how many there was room
   * for; they are there to {@link read}.
   */
  async produce(count: number, size: number, options?: CallOptions): Promise<number> {
    checkInteger('count', count, 0, Number.MAX_SAFE_INTEGER);
    checkInteger('size', size, 0, PAYLOAD_MAX - 8);
    const family = await this.#open(options);
    const { sent } = await family.do.ringProduce({ fd: this.#mapping.descriptor, count, size }, options);
    return Number(sent);
  }

  /**
   * A keyed hash for each page of the mapping: the hash of the page frame number that this process's page tables hold
   * there. Page 0 has the indexes, 1 to 16 are the slots to the kernel, 17 to 32 those to user space.
   */
  async frames(options?: CallOptions): Promise<BigUint64Array> {
    const family = await this.#open(options);
    const { frames } = await family.do.ringGetFrames({ fd: this.#mapping.descriptor }, options);
    return new BigUint64Array(frames?.slice().buffer ?? []);
  }

  /** Unmaps the memory and rejects waiting calls with ERR_NETLINK_CLOSED. Views of the memory become empty. */
  close(): void {
    this.#mapping.close();
    this.#control?.close();
  }

  /** Closes the ring at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** Closes the ring at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }

  #readNext(use: (message: RingMessage) => void): void {
    const slot = this.#emptied % RING_SLOTS;
    const offset = this.#offset(1 + RING_SLOTS + slot);
    const [length = 0, , sequence = 0] = new Uint32Array(this.memory, offset, 4);
    const [type = 0] = new Uint16Array(this.memory, offset + 4, 1);
    try {
      if (length < NLMSG_HDRLEN || length > RING_SLOT_SIZE)
        throw malformed(`slot ${slot} of the mapped ring claims a message of ${length} bytes`);
      const payload = new Uint8Array(this.memory, offset + NLMSG_HDRLEN, length - NLMSG_HDRLEN);
      use({ type, sequence, slot, payload });
    } finally {
      this.#emptied = (this.#emptied + 1) >>> 0;
      if (!this.closed) this.#mapping.store(TO_USER_EMPTIED, this.#emptied);
    }
  }

  #offset(page: number): number {
    return (this.memory.byteLength / RING_PAGES) * page;
  }

  /** The control channel. Its socket belongs to this ring from the first command on, so that {@link close} ends that too. */
  async #open({ signal }: CallOptions = {}): Promise<NetlinkTestClient> {
    this.#mapping.check();
    const socket = (this.#control ??= openSocket({ protocol: netlinkTestFamily.protocol }));
    this.#family ??= await openFamily(netlinkTestFamily, { socket, ...(signal && { signal }) });
    this.#mapping.check();
    return this.#family;
  }
}

/** Slots between two indexes. Throws ERR_NETLINK_MALFORMED where another program has overwritten one. */
function used(filled: number, emptied: number): number {
  const count = (filled - emptied) >>> 0;
  if (count <= RING_SLOTS) return count;
  throw malformed(`the mapped ring's indexes must be at most ${RING_SLOTS} slots apart, got ${count}`);
}

function checkInteger(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw invalidArgument(`${name} must be an integer from ${least} to ${most}, got ${shown(value)}`);
}
