import { describe, expect, test } from '@jest/globals';
import { bpf, buildFilter, match } from 'afnetlink/filter';
import fc from 'fast-check';
import { runBpf } from '#lib/socket/filter/bpf';
import { decodeFilter, encodeFilter, passesReplies } from '#lib/socket/filter/filter';
import { conditions, messages } from '../helpers/filters.js';

const { header, field, all, any, not } = match;

function message(type: number, length = 32): Uint8Array {
  const words = new Uint32Array(length / 4);
  new Uint16Array(words.buffer)[2] = type;
  return new Uint8Array(words.buffer);
}

describe('a program keeps what its condition says', () => {
  test('for any condition and message', () => {
    fc.assert(
      fc.property(conditions, messages, ({ condition, holds }, bytes) => {
        const program = buildFilter(condition, { listenOnly: true });
        expect(runBpf(program, bytes) > 0).toBe(holds(new DataView(bytes.buffer)));
      }),
      { numRuns: 2000 },
    );
  });

  test('with targets out of reach of one jump', () => {
    const types = Array.from({ length: 700 }, (_, index) => 16 + 2 * index);
    const program = buildFilter(all(header.type.is(...types), not(header.type.is(18))));
    expect(program.length).toBeGreaterThan(700);
    for (const [type, kept] of [
      [16, true],
      [17, false],
      [18, false],
      [1414, true],
      [1416, false],
    ] as const) {
      expect(runBpf(program, message(type)) > 0).toBe(kept);
    }
  });

  test('and drops a message that is too short to look at', () => {
    const program = buildFilter(any(field.u32(60).is(0), header.type.is(20)));
    expect(runBpf(program, message(20, 64))).toBeGreaterThan(0);
    expect(runBpf(program, message(20, 32))).toBe(0);
  });
});

describe('replies', () => {
  test('pass a built filter, unless it only listens', () => {
    expect(passesReplies(buildFilter(header.type.is(16)))).toBe(true);
    expect(passesReplies(buildFilter(header.type.is(16), { listenOnly: true }))).toBe(false);
    expect(passesReplies([bpf.accept()])).toBe(true);
    expect(passesReplies([bpf.drop()])).toBe(false);
    // Every datagram is cut after 20 bytes.
    expect(passesReplies([{ ...bpf.accept(), k: 20 }])).toBe(false);
  });
});

describe('instructions', () => {
  test('survive being encoded', () => {
    const program = buildFilter(all(header.flags.hasAll(6), field.u16be(20).between(3, 500)));
    expect(decodeFilter(encodeFilter(program))).toEqual(program);
  });

  test('that this interpreter does not know, or that never end, are refused', () => {
    expect(() => runBpf([{ code: 0xff, jt: 0, jf: 0, k: 0 }], message(0))).toThrow(/unknown instruction/);
    expect(() => runBpf([bpf.loadLength()], message(0))).toThrow(/must end/);
  });

  test.each([
    () => header.type.is(65_536),
    () => field.u8(0).is(256),
    () => field.u32(0).hasAny(-1),
    () => field.u32(-1),
    () => field.u16(65_536),
  ])('%s is refused', (make) => {
    expect(make).toThrow(expect.objectContaining({ code: 'ERR_NETLINK_INVALID_ARGUMENT' }));
  });
});
