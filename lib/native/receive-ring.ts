import { native } from './addon.js';

// The words of src/receive_ring.h.
const HEADER_WORDS = 16;
const RECORD_WORDS = 16;
const OVERRUNS = 2;
const FOREIGN = 3;
const ERROR = 4;
const PENDING = 5;
const PLACED = 6;
const OFFSET = 0;
const LENGTH = 1;
const TRUE_LENGTH = 2;
const SLOT = 3;
const PORT_ID = 4;
const GROUP_MASK = 5;
const PARTS = 6;
const GROUP = 7;
const NAMESPACE_ID = 8;
const PROCESS_ID = 9;
const USER_ID = 10;
const GROUP_ID = 11;
const PART_TRUNCATED = 1;
const PART_SPILLED = 2;
const PART_GROUP = 4;
const PART_NAMESPACE_ID = 8;
const PART_CREDENTIALS = 16;
const ALIGNMENT = 64;
/** struct nlmsghdr, which the payload follows. */
const MESSAGE_HEADER = 16;
/** Up to this many bytes, a loop beats TypedArray's methods, which are calls out of compiled code. */
const LOOP_LIMIT = 64;

/** A slot holds the kernel's largest dump datagram; a slot costs memory only once something was received into it. */
const SLOT_SIZE = 32 * 1024;
/** The most datagrams of one receive. */
export const SLOT_COUNT = 64;
/** A datagram that is received alone may fill all slots. */
export const LONGEST_ALONE = SLOT_COUNT * SLOT_SIZE;

/** Credentials of a sending process (SCM_CREDENTIALS), as the kernel vouches for them. */
export interface SenderCredentials {
  /** The sender's process id. */
  readonly processId: number;
  /** The sender's user id. */
  readonly userId: number;
  /** The sender's group id. */
  readonly groupId: number;
}

/**
 * The datagrams of one receive, in memory that the next receive overwrites: copy what must last.
 *
 * Datagram `i` is `bytes(i)` from `offset(i)`, `length(i)` long; `words(i)` is the same memory in 32-bit words, for
 * which `offset(i)` is always a multiple of 4. No call allocates, but for a datagram longer than a slot.
 */
export interface DatagramBatch {
  /** Number of datagrams. */
  readonly count: number;
  /**
   * How often the kernel dropped messages because the receive buffer was full (ENOBUFS). The loss comes after everything in this
   * batch that was queued before it. The kernel delivers again now, so a state that is listed from now on stays up to date.
   */
  readonly overruns: number;
  /** The errno with which receiving ended, or 0. A dump that failed while it ran ends with one. */
  readonly error: number;
  /** Whether the datagram is a message whose payload was received into the caller's memory, with only its header here. */
  readonly placed: boolean;
  /** The memory that datagram `index` lies in. */
  bytes(index: number): Uint8Array<ArrayBuffer>;
  /** The same memory in 32-bit words. */
  words(index: number): Int32Array<ArrayBuffer>;
  /** Where in the memory datagram `index` begins, in bytes. */
  offset(index: number): number;
  /** Bytes of datagram `index`. */
  length(index: number): number;
  /** True when the end of the datagram is lost: it was longer than the ring and its spill. */
  truncated(index: number): boolean;
  /** The datagram's length as it was sent. */
  trueLength(index: number): number;
  /** The sender's port id; 0 is the kernel. */
  portId(index: number): number;
  /** The multicast group that the datagram was sent to; 0 for unicast. Above 32 it needs the option PKTINFO. */
  group(index: number): number;
  /** The sender's network namespace as an id of this one (LISTEN_ALL_NSID); undefined for the socket's own. */
  namespaceId(index: number): number | undefined;
  /** Who sent datagram `index`, with the option `credentials`. */
  credentials(index: number): SenderCredentials | undefined;
  /** Lasting bytes of datagram `index` from `start` to `end`, counted like {@link offset}: a copy if one is needed. */
  keep(index: number, start: number, end: number): Uint8Array<ArrayBuffer>;
}

/** The memory into which datagrams are received, and the reader of what native code wrote there. */
export class ReceiveRing implements DatagramBatch {
  readonly buffer: ArrayBuffer;
  count = 0;
  readonly #slotSize: number;
  readonly #slotCount: number;
  readonly #words: Int32Array<ArrayBuffer>;
  readonly #bytes: Uint8Array<ArrayBuffer>;
  #spilled: Map<number, Int32Array<ArrayBuffer>> | undefined;

  constructor(slotSize: number = SLOT_SIZE, slotCount: number = SLOT_COUNT) {
    const stride = Math.ceil(slotSize / ALIGNMENT) * ALIGNMENT + ALIGNMENT;
    const size = (HEADER_WORDS + slotCount * RECORD_WORDS) * 4 + slotCount * stride;
    // The memory of many slots stays untouched until it is needed. That of a single slot is needed at once, and need not be zeroed.
    this.buffer = slotCount > 1 ? new ArrayBuffer(size) : Buffer.allocUnsafeSlow(size).buffer;
    this.#slotSize = slotSize;
    this.#slotCount = slotCount;
    this.#words = new Int32Array(this.buffer);
    this.#bytes = new Uint8Array(this.buffer);
    this.#words[0] = slotSize;
    this.#words[1] = slotCount;
  }

  /** False once a caller has transferred the memory away through a view that was lent to it. */
  get intact(): boolean {
    return this.#words.length !== 0;
  }

  /** Notes what a native call returned: the number of records. */
  filled(count: number): void {
    this.count = count;
    this.#spilled = undefined;
    for (let index = 0; index < count; index++) {
      if ((this.#record(index, PARTS) & PART_SPILLED) !== 0) this.#takeSpilled(index);
    }
  }

  get overruns(): number {
    return this.#words[OVERRUNS] ?? 0;
  }

  set overruns(count: number) {
    this.#words[OVERRUNS] = count;
  }

  /** How many datagrams the last receive dropped because they came from a port other than the kernel's. */
  get foreign(): number {
    return this.#words[FOREIGN] ?? 0;
  }

  get error(): number {
    return this.#words[ERROR] ?? 0;
  }

  /** Whether the last receive, though it may have brought nothing, has something to say. */
  get hasWord(): boolean {
    return this.overruns !== 0 || this.foreign !== 0 || this.error !== 0;
  }

  /** Whether a thread of the socket's own may have more. */
  get pending(): boolean {
    return this.#words[PENDING] !== 0;
  }

  get placed(): boolean {
    return this.#words[PLACED] !== 0;
  }

  /** A single message that fits stays in the `memory` that it was received into; anything else is put together here. */
  takeBack(memory: Uint8Array): void {
    const placed = this.#words[PLACED] ?? 0;
    if (this.count === 0 || placed === 0) return;
    const at = this.offset(0);
    const length = this.trueLength(0);
    if (this.#words[at / 4] === length && length === MESSAGE_HEADER + placed) return;
    const start = at + MESSAGE_HEADER;
    this.#bytes.copyWithin(start + placed, start);
    this.#bytes.set(memory.subarray(0, placed), start);
    this.#words[PLACED] = 0;
  }

  bytes(index: number): Uint8Array<ArrayBuffer> {
    const spilled = this.#spilled?.get(index);
    return spilled === undefined ? this.#bytes : new Uint8Array(spilled.buffer);
  }

  words(index: number): Int32Array<ArrayBuffer> {
    return this.#spilled?.get(index) ?? this.#words;
  }

  offset(index: number): number {
    return this.#spilled?.has(index) === true ? 0 : this.#record(index, OFFSET);
  }

  length(index: number): number {
    return this.#spilled?.has(index) === true ? this.trueLength(index) : this.#record(index, LENGTH);
  }

  truncated(index: number): boolean {
    return (this.#record(index, PARTS) & PART_TRUNCATED) !== 0;
  }

  trueLength(index: number): number {
    return this.#record(index, TRUE_LENGTH);
  }

  portId(index: number): number {
    return this.#record(index, PORT_ID) >>> 0;
  }

  group(index: number): number {
    if ((this.#record(index, PARTS) & PART_GROUP) !== 0) return this.#record(index, GROUP);
    const mask = this.#record(index, GROUP_MASK);
    return mask === 0 ? 0 : 32 - Math.clz32(mask);
  }

  namespaceId(index: number): number | undefined {
    const known = (this.#record(index, PARTS) & PART_NAMESPACE_ID) !== 0;
    return known ? this.#record(index, NAMESPACE_ID) : undefined;
  }

  credentials(index: number): SenderCredentials | undefined {
    if ((this.#record(index, PARTS) & PART_CREDENTIALS) === 0) return undefined;
    return {
      processId: this.#record(index, PROCESS_ID),
      userId: this.#record(index, USER_ID) >>> 0,
      groupId: this.#record(index, GROUP_ID) >>> 0,
    };
  }

  /** A ring of one slot is used once: a datagram that fills most of its memory takes the memory with it. */
  keep(index: number, start: number, end: number): Uint8Array<ArrayBuffer> {
    const bytes = this.bytes(index);
    const isMost = this.#slotCount === 1 && bytes === this.#bytes && (end - start) * 2 > this.#slotSize;
    return isMost ? bytes.subarray(start, end) : copyOf(bytes, start, end);
  }

  #record(index: number, word: number): number {
    return this.#words[HEADER_WORDS + index * RECORD_WORDS + word] ?? 0;
  }

  #takeSpilled(index: number): void {
    const length = this.trueLength(index);
    const whole = new ArrayBuffer(Math.ceil(length / 4) * 4);
    const target = length % 4 === 0 ? whole : new ArrayBuffer(length);
    native().takeSpilled(this.buffer, this.#record(index, SLOT), target);
    if (target !== whole) new Uint8Array(whole).set(new Uint8Array(target));
    (this.#spilled ??= new Map()).set(index, new Int32Array(whole));
  }
}

/** The result of bytes.slice. */
function copyOf(bytes: Uint8Array<ArrayBuffer>, start: number, end: number): Uint8Array<ArrayBuffer> {
  if (end - start > LOOP_LIMIT) return bytes.slice(start, end);
  const copy = new Uint8Array(end - start);
  for (let at = start; at < end; at++) copy[at - start] = bytes[at] ?? 0;
  return copy;
}

const rings: ReceiveRing[] = [];
let lent = 0;

/**
 * A ring that no other caller uses until {@link giveBackRing} is called. Sockets share rings: all of them receive on one
 * thread, and a second is needed only when a callback that was called with a batch receives again.
 */
export function borrowRing(): ReceiveRing {
  let ring = rings[lent];
  if (ring?.intact !== true) rings[lent] = ring = new ReceiveRing();
  // Only now, because allocating it may have failed.
  lent += 1;
  return ring;
}

/** Returns the ring that was borrowed last. */
export function giveBackRing(): void {
  lent -= 1;
}
