import { GENL_HDRLEN } from '../wire/constants.js';
import { AttributeReader } from '../wire/attributes.js';
import type { Operation } from '../wire/operation.js';
import {
  NETLINK_TEST_A_COUNT,
  NETLINK_TEST_A_DROPPED,
  NETLINK_TEST_A_FD,
  NETLINK_TEST_A_FRAMES,
  NETLINK_TEST_A_SENT,
  NETLINK_TEST_A_SIZE,
  NETLINK_TEST_CMD_RING_GET_FRAMES,
  NETLINK_TEST_CMD_RING_PRODUCE,
  NETLINK_TEST_CMD_RING_SUBMIT,
} from './layout.js';

const VERSION = 1;

/** What a command says: the ring, and for a production how many messages of how many bytes. */
export interface RingCommand {
  readonly descriptor: number;
  readonly count?: number;
  readonly size?: number;
}

/** What the module took from a ring. */
export interface Taken {
  /** Slots that it emptied. Fewer than were filled when there was no room for more receipts. */
  readonly slots: number;
  /** How many of them held no well-formed message, and got no receipt. */
  readonly malformed: number;
}

const attributes = {
  [NETLINK_TEST_A_FD]: { name: 'fd', kind: 's32' },
  [NETLINK_TEST_A_COUNT]: { name: 'count', kind: 'u64' },
  [NETLINK_TEST_A_SIZE]: { name: 'size', kind: 'u32' },
} as const;

function operation<Reply>(
  name: string,
  command: number,
  read: (values: ReadonlyMap<number, bigint | Uint8Array>) => Reply,
): Operation<RingCommand, Reply> {
  return {
    name,
    headerLength: GENL_HDRLEN,
    attributes,
    end: 'reply',
    encode: (writer, { descriptor, count, size }) => {
      const header = writer.space(GENL_HDRLEN);
      writer.putU8(header, command);
      writer.putU8(header + 1, VERSION);
      writer.s32(NETLINK_TEST_A_FD, descriptor);
      if (count !== undefined) writer.u64(NETLINK_TEST_A_COUNT, BigInt(count));
      if (size !== undefined) writer.u32(NETLINK_TEST_A_SIZE, size);
    },
    decode: (view, offset, end) => {
      const values = new Map<number, bigint | Uint8Array>();
      const reader = new AttributeReader(view, offset + GENL_HDRLEN, end);
      while (reader.next()) {
        values.set(reader.type, reader.length === 8 ? reader.u64() : reader.binary());
      }
      return read(values);
    },
  };
}

/** Has the module take what is filled. */
export const submitRing = operation<Taken>(
  'NETLINK_TEST_CMD_RING_SUBMIT',
  NETLINK_TEST_CMD_RING_SUBMIT,
  (values) => ({
    slots: Number(values.get(NETLINK_TEST_A_COUNT)),
    malformed: Number(values.get(NETLINK_TEST_A_DROPPED)),
  }),
);

/** Has the module produce messages; gives how many there was room for. */
export const produceInRing = operation<number>(
  'NETLINK_TEST_CMD_RING_PRODUCE',
  NETLINK_TEST_CMD_RING_PRODUCE,
  (values) => Number(values.get(NETLINK_TEST_A_SENT)),
);

/** The page frames where the ring is mapped, hashed. */
export const getRingFrames = operation<BigUint64Array>(
  'NETLINK_TEST_CMD_RING_GET_FRAMES',
  NETLINK_TEST_CMD_RING_GET_FRAMES,
  (values) => {
    const frames = values.get(NETLINK_TEST_A_FRAMES);
    return frames instanceof Uint8Array ? new BigUint64Array(frames.slice().buffer) : new BigUint64Array();
  },
);
