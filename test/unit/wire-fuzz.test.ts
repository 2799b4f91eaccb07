import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { formatTraffic, NetlinkError } from '#lib/index';
import {
  AttributeReader,
  type AttributeSet,
  decodeExtendedAck,
  decodeMessages,
  locateAttribute,
  WireView,
} from '#lib/wire/index';
import { decodeFamily } from '#lib/generic/family';
import { assemblePolicy, decodePolicyParts } from '#lib/generic/policy';
import fc from 'fast-check';

// Whatever bytes come, every decoder returns or says ERR_NETLINK_MALFORMED: nothing else is thrown, nothing loops, and
// nothing is read beyond the bounds given. FUZZ_RUNS=100000 for longer.

const numRuns = Number(process.env['FUZZ_RUNS'] ?? 1000);
const GUARD = 0xa5;

/** Runs `decode` on bytes between guards that a reader beyond its bounds would see. */
function tolerates(bytes: Uint8Array, decode: (view: WireView, start: number, end: number) => unknown): void {
  const guarded = new Uint8Array(bytes.length + 128).fill(GUARD);
  guarded.set(bytes, 64);
  const run = (fill: number): string => {
    guarded.fill(fill, 0, 64);
    guarded.fill(fill, 64 + bytes.length);
    try {
      return print(decode(new WireView(guarded), 64, 64 + bytes.length));
    } catch (error) {
      if (!(error instanceof NetlinkError) || error.code !== 'ERR_NETLINK_MALFORMED') throw error;
      return error.message;
    }
  };
  // What lies outside has no influence: it was not read.
  expect(run(GUARD)).toBe(run(0x00));
}

function print(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part === 'bigint') return `${part}n`;
    return part instanceof Map ? [...(part as Map<unknown, unknown>)] : part;
  });
}

/** Reads every attribute in every way, and everything that calls itself nested. */
function readAll(reader: AttributeReader, depth = 0): unknown[] {
  const read: unknown[] = [];
  while (reader.next()) {
    const { type, length, isNested, isBigEndian } = reader;
    read.push(type, length, isNested, isBigEndian, reader.string(), [...reader.binary()]);
    for (const method of [
      'u8',
      'u16',
      'u32',
      'u64',
      's8',
      's16',
      's32',
      's64',
      'uint',
      'sint',
      'u16be',
      'u32be',
      'u64be',
      'bitfield32',
    ] as const) {
      try {
        read.push(reader[method]());
      } catch (error) {
        if (!(error instanceof NetlinkError)) throw error;
        read.push(error.code);
      }
    }
    if (isNested && depth < 40) read.push(readAll(reader.nested(), depth + 1));
  }
  return read;
}

const loop: AttributeSet = {
  1: { name: 'again', nested: () => loop },
  2: { name: 'list', kind: 'indexed-array', nested: () => loop },
};

const decoders: Readonly<Record<string, (view: WireView, start: number, end: number) => unknown>> = {
  messages: (view, start, end) => decodeMessages(view, start, end),
  attributes: (view, start, end) => readAll(new AttributeReader(view, start, end)),
  'extended acknowledgements': (view, start, end) =>
    end - start < 16 ? undefined : decodeExtendedAck(view, start, end),
  paths: (view, start, end) =>
    [0, 7, 20, 33].map((at) => locateAttribute(view, start, end, start + at, loop)),
  families: (view, start, end) => decodeFamily(view, start, end),
  policies: (view, start, end) =>
    print(decodePolicyParts(view, start, end)).length &&
    assemblePolicy(decodePolicyParts(view, start, end)).operations.size,
  'what is shown of traffic': (view, start, end) =>
    formatTraffic({
      direction: 'received',
      protocol: 0,
      portId: 1,
      peer: 0,
      group: 0,
      bytes: view.binary(start, end),
    }),
};

/** Bytes that look like attributes and headers: small lengths, known types, flags. */
const plausible = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 9 }),
      fc
        .tuple(
          fc.nat({ max: 40 }),
          fc.constantFrom(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0x8001, 0x8002, 0x8006, 0x8008, 0x4001),
        )
        .map((words) => new Uint8Array(new Uint16Array(words).buffer)),
      fc
        .tuple(fc.nat({ max: 80 }), fc.constantFrom(1, 2, 3, 4, 16), fc.constantFrom(0, 0x200, 0x300))
        .map(
          ([length, type, flags]) =>
            new Uint8Array(new Uint32Array([length, type | (flags << 16), 1, 0]).buffer),
        ),
    ),
    { maxLength: 30 },
  )
  .map((parts) => Uint8Array.from(parts.flatMap((part) => [...part])));

describe.each(Object.entries(decoders))('%s', (_name, decode) => {
  test('of any bytes', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), plausible), (bytes) =>
        tolerates(bytes, decode),
      ),
      { numRuns },
    );
  });

  test('of real datagrams, damaged', () => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 6 });
    fc.assert(
      fc.property(fc.constantFrom(...captured), fc.nat(), damage, (original, cut, changes) => {
        const bytes = original.slice(0, original.length - (cut % 40));
        for (const [at, value] of changes) bytes[at % Math.max(1, bytes.length)] = value;
        tolerates(bytes, decode);
      }),
      { numRuns },
    );
  });
});

/** Replies of real kernels, as messages and as the attributes in them. */
const captured: Uint8Array[] = [];
for (const file of readdirSync('test/fixtures/captures').filter((name) => name.endsWith('.json'))) {
  const { replies = [] } = JSON.parse(readFileSync(`test/fixtures/captures/${file}`, 'utf8')) as {
    replies?: string[];
  };
  for (const reply of replies) {
    const bytes = Uint8Array.from(Buffer.from(reply.slice(0, 6000), 'hex'));
    captured.push(bytes, bytes.slice(20), bytes.slice(32));
  }
}
