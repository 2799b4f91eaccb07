// The sender of a message must not decide how long reading it takes, or how much stack.
import { describe, expect, test } from '@jest/globals';
import { formatTraffic } from '#lib/index';
import { netlinkTestFamily } from '#lib/families/netlink_test';
import { ovsFlowFamily } from '#lib/families/ovs_flow';
import { loadFamily } from '#lib/spec/index';
import fc from 'fast-check';
import type { Family } from '#lib/spec/runtime/family';
import { decodeExtendedAck, locateAttribute, WireView, WireWriter } from '#lib/wire/index';
import { specTextOf } from '../helpers/families';

const NESTED = 0x8000;
/** Attributes of `netlink_test`: values, among which is one that holds the set of values itself, and a number. */
const VALUES = 22;
const NEST = 21;
const NUMBER = 2;

/** Nested attributes, each of which holds nothing but the next: 4 bytes a level. */
function nestedBytes(levels: number): Uint8Array {
  const bytes = new Uint8Array(levels * 4);
  const data = new DataView(bytes.buffer);
  for (let level = 0; level < levels; level++) {
    data.setUint16(level * 4, bytes.length - level * 4, true);
    data.setUint16(level * 4 + 2, (level === 0 ? VALUES : NEST) | NESTED, true);
  }
  return bytes;
}

/** Counts what is read, and what is copied out of arrays, while a decoder works. */
function workOf(bytes: Uint8Array, decode: (view: WireView) => unknown): number {
  let work = 0;
  const view = new WireView(bytes);
  const getUint16 = view.data.getUint16.bind(view.data);
  view.data.getUint16 = (at, littleEndian) => {
    work += 1;
    return getUint16(at, littleEndian);
  };
  const iterate = Array.prototype[Symbol.iterator];
  Array.prototype[Symbol.iterator] = function* (this: unknown[]) {
    for (let index = 0; index < this.length; index++) {
      work += 1;
      yield this[index];
    }
  } as typeof iterate;
  try {
    decode(view);
  } finally {
    Array.prototype[Symbol.iterator] = iterate;
  }
  return work;
}

const families: readonly (readonly [string, Family])[] = [
  ['generated', netlinkTestFamily],
  ['interpreted', loadFamily(specTextOf('netlink_test'))],
];

describe.each(families)('%s code', (_, family) => {
  const { body } = Object.values(family.operations)[0] ?? failed();

  test('what is nested too deep is kept as it came, and refused by strict reading', () => {
    const bytes = nestedBytes(10_000);
    let value = (body.decode(new WireView(bytes), 0, bytes.length, false) as Deep).values ?? failed();
    let depth = 0;
    for (; value.nest !== undefined; value = value.nest) depth += 1;
    expect(depth).toBeGreaterThanOrEqual(50);
    expect(depth).toBeLessThanOrEqual(100);
    expect(value.extra).toMatchObject([{ type: NEST, reason: 'malformed' }]);
    expect(() => body.decode(new WireView(bytes), 0, bytes.length, true)).toThrow(
      expect.objectContaining({ code: 'ERR_NETLINK_MALFORMED' }),
    );
  });

  test('a failure deep inside leaves the view fit for the next message', () => {
    const view = new WireView(nestedBytes(10_000));
    for (let round = 0; round < 300; round++) {
      expect(() => body.decode(view, 0, view.length, true)).toThrow('levels deep');
    }
    const shallow = nestedBytes(40);
    view.bytes.set(shallow);
    expect(() => body.decode(view, 0, shallow.length, true)).not.toThrow();
  });

  test('an input that holds itself is refused, with its place', () => {
    const values: Record<string, unknown> = { u32: 1 };
    values['nest'] = values;
    expect(() => body.encode(new WireWriter(), { values })).toThrow(
      expect.objectContaining({
        code: 'ERR_NETLINK_INVALID_ARGUMENT',
        message: expect.stringMatching(
          /^values\.nest\.nest.*more than 100 levels deep$/,
        ) as unknown as string,
      }),
    );
  });

  test.each(['unknown', 'repeated'])('%s attributes take time by their number', (kind) => {
    const datagram = (count: number) => {
      const writer = new WireWriter();
      for (let index = 0; index < count; index++) {
        writer.u32(kind === 'unknown' ? 5000 + (index % 1000) : NUMBER, index);
      }
      return writer.finish();
    };
    const work = (count: number) =>
      workOf(datagram(count), (view) => body.decode(view, 0, view.length, false));
    expect(work(20_000)).toBeLessThanOrEqual(work(2000) * 10.5);
    const decoded = body.decode(new WireView(datagram(20_000)), 0, 160_000, false) as Deep;
    expect(decoded.extra).toHaveLength(kind === 'unknown' ? 20_000 : 19_999);
  });

  test('any attributes, ten times over, take ten times the time', () => {
    const attribute = fc.record({
      type: fc.integer({ min: 0, max: 60 }),
      payload: fc.uint8Array({ maxLength: 24 }),
    });
    fc.assert(
      fc.property(fc.array(attribute, { minLength: 20, maxLength: 60 }), (attributes) => {
        const writer = new WireWriter();
        const write = () => attributes.forEach(({ type, payload }) => writer.binary(type, payload));
        for (let times = 0; times < 10; times++) write();
        const some = writer.finish();
        for (let times = 10; times < 100; times++) write();
        const many = writer.finish();
        const work = (bytes: Uint8Array) => workOf(bytes, (view) => body.decode(view, 0, view.length, false));
        expect(work(many)).toBeLessThanOrEqual(work(some) * 11);
      }),
      { numRuns: 50 },
    );
  });
});

test('Open vSwitch’s actions within actions end at the limit too', () => {
  const writer = new WireWriter();
  expect(() => {
    const value: Record<string, unknown> = {};
    value['actions'] = { clone: value };
    Object.values(ovsFlowFamily.operations)[0]?.body.encode(writer, { actions: value });
  }).toThrow(expect.objectContaining({ code: 'ERR_NETLINK_INVALID_ARGUMENT' }));
});

test('the place of an error in a deep request is found without end of the stack', () => {
  const view = new WireView(nestedBytes(10_000));
  expect(locateAttribute(view, 0, view.length, 36_000, undefined)?.path).toMatch(/^22(\.21)+$/);
  expect(
    workOf(view.bytes, (counted) => locateAttribute(counted, 0, counted.length, 36_000, undefined)),
  ).toBeLessThan(1000);
});

test('traffic is formatted in time that its length bounds', () => {
  const deep = nestedBytes(16_000);
  const datagram = (payload: Uint8Array) => {
    const writer = new WireWriter();
    writer.messageStart(0x10, 0);
    writer.space(4);
    writer.append(payload);
    writer.messageEnd();
    return writer.finish();
  };
  const format = (bytes: Uint8Array) =>
    formatTraffic({ direction: 'received', protocol: 16, portId: 1, peer: 0, group: 0, bytes });
  expect(format(datagram(deep)).split('\n').length).toBeLessThan(40);
  const writer = new WireWriter();
  for (let index = 0; index < 200_000; index++) writer.flag(index % 100);
  expect(format(datagram(writer.finish())).split('\n')).toHaveLength(200_003);
});

test('an extended acknowledgement of any length is read once', () => {
  const ack = (count: number) => {
    const writer = new WireWriter();
    writer.messageStart(3, 0x200);
    writer.space(4);
    for (let index = 0; index < count; index++) writer.u32(2, index);
    writer.messageEnd();
    return writer.finish();
  };
  const work = (count: number) => workOf(ack(count), (view) => decodeExtendedAck(view, 0, view.length));
  expect(decodeExtendedAck(new WireView(ack(10)), 0, ack(10).length)).toMatchObject({ offset: 9 });
  expect(work(20_000)).toBeLessThanOrEqual(work(2000) * 10.5);
});

interface Deep {
  readonly values?: Deep;
  readonly nest?: Deep;
  readonly extra?: readonly object[];
}

function failed(): never {
  throw new Error('what the test needs is not there');
}
