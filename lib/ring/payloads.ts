import { malformed } from '../errors.js';

/** What the kernel saw of a message that it read from a ring (struct netlink_test_ring_receipt). */
export interface RingReceipt {
  /** The page frame that the payload lay in when the module read it: a keyed hash of its number. */
  readonly frame: bigint;
  /** Bytes of the payload. */
  readonly length: number;
  /** CRC-32 of the payload, as `zlib.crc32` computes it. */
  readonly checksum: number;
}

/** A message that the module produced (struct netlink_test_ring_data). */
export interface RingData {
  /** The page frame that it was produced in: a keyed hash of its number. */
  readonly frame: bigint;
  /** The mapped memory itself: byte `i` is the message's sequence number plus `i`, modulo 256. */
  readonly bytes: Uint8Array;
}

/** Reads the payload of NETLINK_TEST_MSG_RING_RECEIPT. Throws ERR_NETLINK_MALFORMED if it is too short. */
export function readReceipt(payload: Uint8Array): RingReceipt {
  const bytes = atLeast(payload, 16, 'a receipt');
  return { frame: frameOf(bytes), length: wordAt(bytes, 8), checksum: wordAt(bytes, 12) };
}

/** Reads the payload of NETLINK_TEST_MSG_RING_DATA. Throws ERR_NETLINK_MALFORMED if it is too short. */
export function readData(payload: Uint8Array): RingData {
  const bytes = atLeast(payload, 8, 'produced data');
  return { frame: frameOf(bytes), bytes: payload.subarray(8) };
}

function atLeast(payload: Uint8Array, length: number, what: string): Uint8Array {
  if (payload.length >= length) return payload;
  throw malformed(`${what} of a ring must have at least ${length} bytes, got ${payload.length}`);
}

/** In the machine's byte order, as the kernel wrote it. */
function wordAt(bytes: Uint8Array, at: number): number {
  return new Uint32Array(bytes.slice(at, at + 4).buffer)[0] ?? 0;
}

function frameOf(bytes: Uint8Array): bigint {
  return new BigUint64Array(bytes.slice(0, 8).buffer)[0] ?? 0n;
}
