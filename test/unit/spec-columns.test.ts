import { rtRouteFamily } from '#lib/families/rt-route';
import type { RouteColumns, RouteMessageInput } from '#lib/families/rt-route';
import { ColumnReader } from '#lib/spec/runtime/columns';
import { WireView, WireWriter } from '#lib/wire/index';
import { describe, expect, test } from '@jest/globals';
import { openFamily } from '#lib/index';
import { datagram, done, FakeKernel, reply } from '#lib/testing/index';

const { body } = rtRouteFamily.operations['getroute'] ?? { body: undefined };
if (body === undefined) throw new Error('the family has no getroute');
const route = body;

type Key = 'rtmDstLen' | 'dst' | 'oif' | 'priority';
const keys: readonly Key[] = ['rtmDstLen', 'dst', 'oif', 'priority'];

function read(messages: Iterable<RouteMessageInput>, wanted: readonly Key[] = keys) {
  const reader = new ColumnReader(route, wanted);
  const writer = new WireWriter();
  for (const message of messages) {
    writer.reset();
    route.encode(writer, message);
    const bytes = writer.finish();
    reader.add(new WireView(bytes), 0, bytes.length);
  }
  return reader.finish<RouteColumns, Key>();
}

/** More than the first two sizes of a column hold. */
const MANY = 1_050_000;
const text = (row: number) => `10.${row >> 16}.${(row >> 8) & 255}.${row & 255}`;

describe('columns', () => {
  test('hold every value of many rows', () => {
    function* messages() {
      for (let row = 0; row < MANY; row++) yield { rtmDstLen: row % 33, dst: text(row), oif: row };
    }
    const gathered = read(messages());
    const { columns } = gathered;
    expect(gathered.length).toBe(MANY);
    for (let row = 0; row < MANY; row++) {
      const same =
        columns.rtmDstLen[row] === row % 33 && columns.dst.at(row) === text(row) && columns.oif[row] === row;
      if (!same || !gathered.has('dst', row) || gathered.has('priority', row)) throw new Error(`row ${row}`);
    }
    expect([columns.rtmDstLen, columns.oif, columns.priority].map((column) => column.length)).toEqual([
      MANY,
      MANY,
      MANY,
    ]);
    expect(columns.dst.at(MANY)).toBeUndefined();
    expect(gathered.has('oif', MANY)).toBe(false);
  });

  test.each([0, 1, 4095, 4096, 5000])('know which rows lack a value, from row %i on', (first) => {
    const lacks = (row: number) => row >= first && row % 3 === first % 3;
    const gathered = read(
      Array.from({ length: 6000 }, (_, row) => ({ oif: row, ...(lacks(row) ? {} : { dst: text(row) }) })),
    );
    for (let row = 0; row < 6000; row++) {
      const expected = lacks(row) ? undefined : text(row);
      if (gathered.has('dst', row) === lacks(row) || gathered.columns.dst.at(row) !== expected)
        throw new Error(`row ${row}`);
    }
  });

  /** Rows whose destination has so many bytes, each the row's number. */
  function ofLengths(lengths: readonly number[]) {
    const reader = new ColumnReader(route, ['dst']);
    lengths.forEach((length, row) => {
      const writer = new WireWriter();
      writer.space(route.headerLength);
      writer.binary(1, new Uint8Array(length).fill(row));
      const bytes = writer.finish();
      reader.add(new WireView(bytes), 0, bytes.length);
    });
    return reader.finish<RouteColumns, 'dst'>().columns.dst;
  }

  test('take addresses of other lengths than the first', () => {
    const column = ofLengths([4, 16, 2, 4, 0]);
    expect(column.stride).toBe(16);
    expect([0, 1, 2, 3, 4].map((row) => column.at(row))).toEqual([
      '0.0.0.0',
      '101:101:101:101:101:101:101:101',
      '02:02',
      '3.3.3.3',
      '',
    ]);
    expect(Array.from(ofLengths([4, 2, 4]).bytes.subarray(0, 12))).toEqual([
      0, 0, 0, 0, 1, 1, 0, 0, 2, 2, 2, 2,
    ]);
  });

  test('refuse what is too long for an address', () => {
    expect(ofLengths([255, 255]).stride).toBe(255);
    expect(() => ofLengths([4, 256])).toThrow('an address must have at most 255 bytes, got 256');
  });

  test('none at all count the messages', () => {
    expect(read([{}, { dst: text(1) }, {}], []).length).toBe(3);
  });
});

test('a dump that is begun anew before anything was given has each row once', async () => {
  const writer = new WireWriter();
  route.encode(writer, { rtmDstLen: 24, dst: '10.0.0.0', oif: 7 });
  let interruptions = 2;
  const kernel = new FakeKernel((request) => [
    datagram(
      reply(request, writer.finish(), { flags: 2 }),
      done(request, { interrupted: interruptions-- > 0 }),
    ),
  ]);
  using socket = kernel.openSocket();
  const client = await openFamily(rtRouteFamily, { socket });
  const { length, columns } = await client.dump.getroute({}, { columns: ['dst', 'oif'] });
  expect([length, columns.dst.at(0), [...columns.oif]]).toEqual([1, '10.0.0.0', [7]]);
  expect(kernel.requests).toHaveLength(3);
});
