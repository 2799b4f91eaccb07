import { describe, expect, test } from '@jest/globals';
import {
  AttributeReader,
  NLA_F_NET_BYTEORDER,
  WireView,
  WireWriter,
  LITTLE_ENDIAN_HOST,
} from '#lib/wire/index';
import fc from 'fast-check';

type Width = 8 | 16 | 32 | 64;
type Method = `${'u' | 's'}${Width}` | 'u16be' | 'u32be' | 'u64be';

/** The same number written by hand, byte for byte. */
function bytesOf(value: bigint, width: Width, littleEndian: boolean): number[] {
  const unsigned = BigInt.asUintN(width, value);
  const bytes = Array.from({ length: width / 8 }, (_, index) =>
    Number((unsigned >> BigInt(8 * index)) & 0xffn),
  );
  return littleEndian ? bytes : bytes.reverse();
}

function one(write: (writer: WireWriter) => void): AttributeReader {
  const writer = new WireWriter(4);
  write(writer);
  expect(writer.length % 4).toBe(0);
  const reader = new AttributeReader(writer.finish());
  expect(reader.next()).toBe(true);
  return reader;
}

describe('numbers', () => {
  const methods: readonly Method[] = [
    'u8',
    'u16',
    'u32',
    'u64',
    's8',
    's16',
    's32',
    's64',
    'u16be',
    'u32be',
    'u64be',
  ];
  test.each(methods)('%s round trips and has the bytes of its width and order', (method) => {
    const signed = method.startsWith('s');
    const width = Number(/\d+/.exec(method)?.[0]) as Width;
    const lowest = signed ? -(1n << BigInt(width - 1)) : 0n;
    const highest = (signed ? 1n << BigInt(width - 1) : 1n << BigInt(width)) - 1n;
    fc.assert(
      fc.property(fc.bigInt(lowest, highest), fc.integer({ min: 0, max: 0x3fff }), (value, type) => {
        const reader = one((writer) => {
          if (width === 64) writer[method as 'u64'](type, value);
          else writer[method as 'u32'](type, Number(value));
        });
        expect(reader.type).toBe(type);
        expect(BigInt(reader[method]())).toBe(value);
        expect([...reader.binary()]).toEqual(
          bytesOf(value, width, LITTLE_ENDIAN_HOST && !method.endsWith('be')),
        );
        expect(reader.next()).toBe(false);
      }),
    );
    const below = () => new WireWriter()[method as 'u64'](7, lowest - 1n);
    const beyond = () => new WireWriter()[method as 'u64'](7, highest + 1n);
    if (width === 64) {
      expect(below).toThrow(/^attribute 7: -\d+ must be an integer from (-\d+|0) to \d+$/);
      expect(beyond).toThrow(/attribute 7: /);
    } else {
      for (const wrong of [Number(lowest) - 1, Number(highest) + 1, 1.5, NaN, Infinity]) {
        expect(() => new WireWriter()[method as 'u32'](7, wrong)).toThrow(
          /^attribute 7: (-?[\d.]+|NaN|Infinity) must be an integer from (-\d+|0) to \d+$/,
        );
      }
    }
  });

  test.each(['s16be', 's32be', 's64be'] as const)('%s round trips', (method) => {
    const view = new WireView(
      new Uint8Array(
        one((writer) => (method === 's64be' ? writer.s64be(1, -2n) : writer[method](1, -2))).binary(),
      ),
    );
    expect(view[method](0, view.length)).toEqual(method === 's64be' ? -2n : -2);
    expect(view.u8(0, 1)).toBe(0xff);
  });

  test('64-bit values are taken as numbers only while these are exact', () => {
    expect(one((writer) => writer.u64(1, Number.MAX_SAFE_INTEGER)).u64()).toBe(
      BigInt(Number.MAX_SAFE_INTEGER),
    );
    expect(() => new WireWriter().u64(1, 2 ** 53)).toThrow(
      'must be an integer from 0 to 18446744073709551615',
    );
    expect(() => new WireWriter().s64(1, 0.5)).toThrow(
      'must be an integer from -9223372036854775808 to 9223372036854775807',
    );
    expect(() => new WireWriter().u64(1, -1)).toThrow('must be an integer from 0 to 18446744073709551615');
  });

  test('uint and sint take four bytes where they can, else eight', () => {
    fc.assert(
      fc.property(fc.bigInt(-(1n << 63n), (1n << 64n) - 1n), (value) => {
        if (value >= 0n) {
          const reader = one((writer) => writer.uint(1, value));
          expect(reader.length).toBe(value <= 0xffffffffn ? 4 : 8);
          expect(reader.uint()).toBe(value);
        }
        if (value < 1n << 63n) {
          const reader = one((writer) => writer.sint(1, value));
          expect(reader.length).toBe(value >= -0x80000000n && value <= 0x7fffffffn ? 4 : 8);
          expect(reader.sint()).toBe(value);
        }
      }),
    );
    const view = new WireView(new Uint8Array([0xff, 0xfe]));
    expect([view.uint(0, 1), view.sint(0, 1), view.uintbe(0, 2), view.sintbe(0, 2)]).toEqual([
      255n,
      -1n,
      0xfffen,
      -2n,
    ]);
    expect(() => view.uint(0, 0)).toThrow(/must have 1 bytes, got 0/);
  });

  test('big-endian uint and sint', () => {
    const writer = new WireWriter();
    writer.uintbe(1, 1n << 40n);
    writer.sintbe(2, -1);
    const reader = new AttributeReader(writer.finish());
    reader.next();
    expect(reader.view.uintbe(reader.offset, reader.end)).toBe(1n << 40n);
    reader.next();
    expect(reader.view.sintbe(reader.offset, reader.end)).toBe(-1n);
  });

  test('a longer payload than asked for is a newer kernel, a shorter one is malformed', () => {
    const reader = one((writer) => writer.u64(1, 5n));
    expect(reader.u8() + reader.u16() + reader.u32()).toBe(LITTLE_ENDIAN_HOST ? 15 : 0);
    const small = one((writer) => writer.u16(1, 5));
    for (const read of ['u32', 's32', 'u64', 's64', 'u32be', 'u64be', 'bitfield32'] as const) {
      expect(() => small[read]()).toThrow(expect.objectContaining({ code: 'ERR_NETLINK_MALFORMED' }));
    }
  });
});

describe('text', () => {
  const text = fc.string({ unit: 'binary', maxLength: 40 }).filter((value) => !value.includes('\0'));
  test('round trips, terminated or not, whatever alphabet', () => {
    fc.assert(
      fc.property(text, fc.boolean(), (value, terminated) => {
        const reader = one((writer) => writer.string(3, value, terminated));
        const expected = new TextEncoder().encode(value);
        expect(reader.length).toBe(expected.length + (terminated ? 1 : 0));
        expect(reader.string()).toBe(new TextDecoder().decode(expected));
      }),
    );
  });

  test('of every length, whatever comes behind it', () => {
    const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';
    for (let length = 0; length <= letters.length; length++) {
      const text = letters.slice(0, length);
      const bytes = new TextEncoder().encode(`..${text}\0${letters}`);
      const view = new WireView(bytes);
      expect([view.string(2, 2 + length), view.string(2, bytes.length)]).toEqual([text, text]);
    }
  });

  test('ends at the first NUL, in every position', () => {
    for (const prefix of ['', 'a', 'abc', 'abcd', 'abcdefg', 'é', 'abcdé']) {
      const bytes = new TextEncoder().encode(`${prefix}\0garbage\0`);
      expect(new WireView(bytes).string(0, bytes.length)).toBe(prefix);
    }
  });

  test('bytes that are not UTF-8 are escaped in text, and kept in binary', () => {
    const reader = one((writer) => writer.string(1, new Uint8Array([0x61, 0xff])));
    expect(reader.string()).toBe('a\udcff');
    expect([...reader.binary()]).toEqual([0x61, 0xff, 0]);
  });

  test('any bytes but a NUL come back as they were read', () => {
    fc.assert(
      fc.property(fc.uint8Array({ min: 1, maxLength: 40 }), (bytes) => {
        const text = one((writer) => writer.string(1, bytes)).string();
        expect([...one((writer) => writer.string(1, text)).binary()]).toEqual([...bytes, 0]);
      }),
    );
    const mixed = Uint8Array.of(
      0xef,
      0xbb,
      0xbf,
      0xc3,
      0xa9,
      0xc3,
      0xed,
      0xa0,
      0x80,
      0xf4,
      0x90,
      0x80,
      0x80,
      0xe0,
      0x80,
    );
    const text = one((writer) => writer.string(1, mixed)).string();
    expect(text.startsWith('\ufeffé\udcc3')).toBe(true);
    expect([...one((writer) => writer.string(1, text)).binary()]).toEqual([...mixed, 0]);
  });

  test.each(['a\ud800', '\udc00b', 'é\ude00'])('half of a surrogate pair is refused: %j', (text) => {
    expect(() => new WireWriter().string(2, text)).toThrow(
      'attribute 2: text must not contain half of a surrogate pair',
    );
  });

  test('a NUL inside is refused', () => {
    expect(() => new WireWriter().string(2, 'a\0b')).toThrow('attribute 2: text must not contain a NUL');
    expect(() => new WireWriter().string(2, 'é\0b')).toThrow('attribute 2: text must not contain a NUL');
    expect(() => new WireWriter().string(2, new Uint8Array([0]))).toThrow(
      'attribute 2: text must not contain a NUL',
    );
  });
});

describe('structure', () => {
  test('the header of Generic Netlink, over what an earlier message left there', () => {
    const writer = new WireWriter(4);
    writer.append(new Uint8Array([9, 9, 9, 9]));
    writer.reset();
    writer.genericHeader(3, 2);
    writer.genericHeader(255, 1);
    expect([...writer.finish()]).toEqual([3, 2, 0, 0, 255, 1, 0, 0]);
    expect(() => writer.genericHeader(256, 1)).toThrow('256 must be an integer from 0 to 255');
  });

  test('nested attributes, flags, binary, structures and arrays', () => {
    const writer = new WireWriter(4);
    writer.nestStart(1);
    writer.flag(2);
    writer.flag(3, false);
    writer.nestStart(4);
    writer.binary(5, new Uint8Array([1, 2, 3]));
    writer.nestEnd();
    writer.nestEnd();
    const array = writer.attribute(6, 6);
    [10, 20, 30].forEach((value, index) => writer.putU16be(array + 2 * index, value));
    writer.u32be(7 | NLA_F_NET_BYTEORDER, 0x01020304);
    writer.nestStart(8, 0);
    writer.nestEnd();

    const reader = new AttributeReader(writer.finish());
    expect(reader.next() && reader.type === 1 && reader.isNested).toBe(true);
    const outer = reader.nested();
    expect(outer.next() && outer.type === 2 && outer.length === 0 && !outer.isNested).toBe(true);
    expect(outer.next() && outer.type === 4).toBe(true);
    const inner = outer.nested();
    expect(inner.next() && inner.type === 5).toBe(true);
    expect([...inner.binary()]).toEqual([1, 2, 3]);
    expect(inner.next() || outer.next()).toBe(false);
    expect(reader.next() && reader.type === 6).toBe(true);
    expect([...reader.binary()]).toEqual([0, 10, 0, 20, 0, 30]);
    expect(reader.next() && reader.type === 7 && reader.isBigEndian && !reader.isNested).toBe(true);
    expect(reader.u32be()).toBe(0x01020304);
    expect(reader.next() && reader.type === 8 && !reader.isNested && reader.length === 0).toBe(true);
    expect(reader.next()).toBe(false);
  });

  test('bitfield32 keeps value and selector, and refuses bits outside the selector', () => {
    expect(one((writer) => writer.bitfield32(1, 0x80000001, 0xf000000f)).bitfield32()).toEqual({
      value: 0x80000001,
      selector: 0xf000000f,
    });
    expect(() => new WireWriter().bitfield32(1, 2, 1)).toThrow(
      'attribute 1: value 0x2 has bits outside selector 0x1',
    );
  });

  test('align64 puts the next payload on eight bytes', () => {
    const writer = new WireWriter();
    for (let index = 0; index < 4; index++) {
      writer.align64(99);
      const at = writer.length + 4;
      writer.u64(1, 1n);
      expect(at % 8).toBe(0);
      if (index % 2 === 1) writer.u32(2, 0);
    }
  });

  test('an attribute may be unpadded at the end, and up to three bytes behind it are padding', () => {
    const bytes = new Uint8Array(new Uint16Array([5, 1, 0x2a]).buffer).subarray(0, 5);
    const reader = new AttributeReader(bytes);
    expect(reader.next()).toBe(true);
    expect(reader.length).toBe(1);
    expect(reader.next()).toBe(false);
    const padded = new AttributeReader(
      new Uint8Array([...new Uint8Array(new Uint16Array([4, 1]).buffer), 1, 2, 3]),
    );
    expect(padded.next()).toBe(true);
    expect(padded.next()).toBe(false);
  });

  test.each([0, 3, 9, 0xffff])('an attribute that claims %d of 8 bytes is malformed', (length) => {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setUint16(0, length, LITTLE_ENDIAN_HOST);
    expect(() => new AttributeReader(bytes).next()).toThrow(
      expect.objectContaining({
        code: 'ERR_NETLINK_MALFORMED',
        message: `the attribute at byte 0 claims ${length} bytes, and 8 are left`,
      }),
    );
  });

  test('an attribute never reads beyond the nest it is in', () => {
    const writer = new WireWriter();
    writer.nestStart(1);
    writer.u32(2, 7);
    writer.nestEnd();
    writer.u32(3, 8);
    const bytes = writer.finish();
    new DataView(bytes.buffer).setUint16(4, 12, LITTLE_ENDIAN_HOST);
    const reader = new AttributeReader(bytes);
    reader.next();
    expect(() => reader.nested().next()).toThrow('the attribute at byte 4 claims 12 bytes, and 8 are left');
  });

  test('what does not fit sixteen bits of length is refused with its path', () => {
    const writer = new WireWriter();
    writer.nestStart(1);
    writer.nestStart(2);
    expect(() => writer.binary(3, new Uint8Array(0xfffc))).toThrow(
      /^attribute 1\.2\.3: must have at most 65535 bytes, header included, got 65536$/,
    );
    writer.binary(3, new Uint8Array(0xfff0));
    writer.binary(4, new Uint8Array(16));
    expect(() => writer.nestEnd()).toThrow(
      /^attribute 1\.2: must have at most 65535 bytes, header included, got 65\d+$/,
    );
    expect(() => new WireWriter().string(9, 'x'.repeat(70_000))).toThrow(
      'attribute 9: must have at most 65535 bytes, header included, got 70005',
    );
  });

  test('a number out of range inside nests is named by its path', () => {
    const writer = new WireWriter();
    writer.nestStart(18);
    writer.nestStart(2);
    expect(() => writer.u8(5, 256)).toThrow('attribute 18.2.5: 256 must be an integer from 0 to 255');
    expect(new WireWriter().space(3)).toBe(0);
    expect(() => new WireWriter().putU16(new WireWriter().space(4), -1)).toThrow(
      '-1 must be an integer from 0 to 65535',
    );
  });

  test('a reused writer never shows old bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.integer({ min: 0, max: 9 }), (noise, length) => {
        const writer = new WireWriter(8);
        writer.append(new Uint8Array(64).fill(0xee));
        writer.reset();
        writer.binary(1, noise);
        writer.string(2, 'a'.repeat(length));
        writer.attribute(3, length);
        writer.space(length);
        writer.u8(4, 1);
        const fresh = new WireWriter(4096);
        fresh.binary(1, noise);
        fresh.string(2, 'a'.repeat(length));
        fresh.attribute(3, length);
        fresh.space(length);
        fresh.u8(4, 1);
        expect(writer.finish()).toEqual(fresh.finish());
      }),
    );
  });
});
