// Every decoder of every generated family: whole messages, strict or not, some properties, columns, and what was decoded
// encoded again. The first two bytes choose the kind of message, the third how it is read, the fourth which properties.
import { isDeepStrictEqual } from 'node:util';
import { NetlinkError } from '#lib/errors';
import { ColumnReader } from '#lib/spec/runtime/columns';
import type { BodyCodec } from '#lib/spec/runtime/family';
import { WireView, WireWriter } from '#lib/wire/index';
import { generatedBodies } from '../../helpers/bodies';
import { captures, replyMessages } from '../../helpers/captures';
import { generatedFamily, generatedNames } from '../../helpers/families';
import type { Target } from '../target';

const PREFIX = 4;
const GUARD = 64;

const bodies = generatedNames.flatMap(generatedBodies);

type Read = (body: BodyCodec, view: WireView, start: number, end: number, choice: number) => unknown;

const WAYS: readonly Read[] = [
  (body, view, start, end) => body.decode(view, start, end, false),
  (body, view, start, end) => body.decode(view, start, end, true),
  (body, view, start, end, choice) =>
    body.project(chosen(keys.get(body), choice) as never[])(view, start, end, (choice & 1) !== 0),
  (body, view, start, end, choice) => {
    const reader = new ColumnReader(body, chosen(columns.get(body), choice));
    for (let row = 0; row < 3; row++) reader.add(view, start, end);
    return JSON.stringify(reader.finish().columns, bigintAsText);
  },
  encodedAgain,
];

/** What was decoded, extra attributes included, can be sent again, and is then read as the same. */
function encodedAgain(body: BodyCodec, view: WireView, start: number, end: number): unknown {
  const values = body.decode(view, start, end, false);
  const writer = new WireWriter();
  body.encode(writer, values);
  const bytes = writer.finish();
  return body.decode(new WireView(bytes), 0, bytes.length, false);
}

const keys = new Map(bodies.map((body) => [body, described(body)]));
const columns = new Map(bodies.map((body) => [body, described(body).filter((key) => isColumn(body, key))]));

function described(body: BodyCodec): string[] {
  return [...body.header, ...Object.values(body.attributes())]
    .filter(({ kind }) => kind !== 'pad')
    .map(({ name }) => name);
}

function isColumn(body: BodyCodec, key: string): boolean {
  try {
    return new ColumnReader(body, [key]).finish().length === 0;
  } catch (error) {
    if (error instanceof NetlinkError) return false;
    throw error;
  }
}

const bigintAsText = (_key: string, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value);

/** Some of a list, by the bits of a byte. */
function chosen(list: readonly string[] | undefined, choice: number): string[] {
  return (list ?? []).filter((_, index) => ((choice >> (index % 8)) & 1) !== 0);
}

/** Reads twice, with different bytes around the message, which must not matter. */
function readWithin(input: Uint8Array, read: (view: WireView, start: number, end: number) => unknown): void {
  const bytes = new Uint8Array(2 * GUARD + input.length - PREFIX);
  bytes.set(input.subarray(PREFIX), GUARD);
  const end = bytes.length - GUARD;
  const outcomes = [0x00, 0xa5].map((fill) => {
    bytes.fill(fill, 0, GUARD);
    bytes.fill(fill, end);
    try {
      return read(new WireView(bytes), GUARD, end);
    } catch (error) {
      if (error instanceof NetlinkError) return error.message;
      throw error;
    }
  });
  if (!isDeepStrictEqual(outcomes[0], outcomes[1])) throw new Error('read beyond the message');
}

/** For the interpreter's target as well: which body, which way. */
export function seedsFor(all: readonly BodyCodec[]): Uint8Array[] {
  const real = captures.flatMap((capture) =>
    replyMessages(generatedFamily(capture.family), capture).map(({ body, view, start, end }) => ({
      index: all.indexOf(body),
      bytes: view.bytes.subarray(start, Math.min(end, start + 2048)),
    })),
  );
  const empty = all.map((body, index) => ({ index, bytes: new Uint8Array(body.headerLength) }));
  return [...empty, ...real.slice(0, 300)].flatMap(({ index, bytes }) =>
    WAYS.map((_, way) => new Uint8Array([index & 0xff, index >> 8, way, 0xff, ...bytes])),
  );
}

export const target: Target = {
  name: 'decoders',
  seeds: seedsFor(bodies),
  work: { least: 400_000, perByte: 600 },
  run(input) {
    const [low = 0, high = 0, way = 0, choice = 0] = input;
    if (input.length < PREFIX) return;
    const body = bodies[(low | (high << 8)) % bodies.length];
    const read = WAYS[way % WAYS.length];
    if (body === undefined || read === undefined) return;
    readWithin(input, (view, start, end) => read(body, view, start, end, choice));
  },
};
