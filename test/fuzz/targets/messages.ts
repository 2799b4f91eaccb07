// Datagrams as every socket reads them: messages, attributes, what a trace shows of them, acknowledgements and paths, and the
// Generic Netlink controller's families and policies. The first byte says which, and the others fill a word with it.
import { formatTraffic } from '#lib/index';
import { decodeFamily } from '#lib/generic/family';
import { assemblePolicy, decodePolicyParts } from '#lib/generic/policy';
import {
  acknowledgedErrno,
  AttributeReader,
  decodeExtendedAck,
  decodeMessages,
  locateAttribute,
  locateInRequest,
  messageEnd,
  NLMSG_HDRLEN,
  WireView,
} from '#lib/wire/index';
import { rtLinkFamily } from '#lib/families/rt-link';
import { captures } from '../../helpers/captures';
import type { Target } from '../target';

const PREFIX = 4;
const { newlink } = rtLinkFamily.operations;
const attributes = newlink?.body.attributes();
const headerLength = newlink?.body.headerLength;

type Reader = (view: WireView, start: number, end: number) => unknown;

const READERS: readonly Reader[] = [
  (view, start, end) => decodeMessages(view, start, end),
  (view, start, end) => readNested(new AttributeReader(view, start, end), 0),
  (view, start, end) => {
    for (const protocol of [0, 4, 12, 16]) {
      const traffic = { direction: 'received' as const, protocol, portId: 1, peer: 0, group: 0 };
      formatTraffic({ ...traffic, bytes: view.binary(start, end) });
    }
  },
  (view, start, end) => {
    const behind = messageEnd(view, start, end);
    if (behind === undefined) return;
    acknowledgedErrno(view, start, behind);
    const ack = decodeExtendedAck(view, start, behind);
    if (ack === undefined) return;
    // What it points into follows it in the datagram.
    const bytes = new WireView(view.bytes.subarray(Math.min(behind, end), end));
    if (bytes.length >= NLMSG_HDRLEN) locateInRequest(ack, { bytes, headerLength, attributes });
  },
  (view, start, end) => {
    for (const at of [0, 16, 32, 36, 40, 44, 60]) {
      locateAttribute(view, start, end, start + at, attributes);
    }
  },
  (view, start, end) => decodeFamily(view, start, end),
  (view, start, end) => assemblePolicy(decodePolicyParts(view, start, end)),
];

const NUMBERS = ['u8', 'u16', 'u32', 'u64', 's8', 's16', 's32', 's64', 'uint', 'sint', 'bitfield32'] as const;

/** Nothing but ERR_NETLINK_MALFORMED ends the reading of a number, and nothing else follows from it. */
function readNested(reader: AttributeReader, depth: number): void {
  while (reader.next()) {
    reader.string();
    reader.binary();
    for (const method of NUMBERS) {
      try {
        reader[method]();
      } catch (error) {
        if ((error as { code?: string }).code !== 'ERR_NETLINK_MALFORMED') throw error;
      }
    }
    if (reader.isNested && depth < 30) readNested(reader.nested(), depth + 1);
  }
}

const datagrams = captures
  .flatMap(({ request, replies }) => (request === undefined ? replies : [request, ...replies]))
  .map((hex) => Buffer.from(hex, 'hex').subarray(0, 2048));

export const target: Target = {
  name: 'messages',
  seeds: datagrams.flatMap((datagram) =>
    READERS.map((_, index) => {
      const skipped = index < 4 && index !== 1 ? 0 : NLMSG_HDRLEN + 4;
      return new Uint8Array([index, 0, 0, 0, ...datagram.subarray(skipped)]);
    }),
  ),
  work: { least: 5000, perByte: 200 },
  run(input) {
    if (input.length < PREFIX) return;
    const read = READERS[(input[0] ?? 0) % READERS.length];
    read?.(new WireView(input), PREFIX, input.length);
  },
};
