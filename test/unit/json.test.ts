import fc from 'fast-check';
import { describe, expect, test } from '@jest/globals';
import { fromJson, jsonReplacer, toJson } from '#lib/json';

const refused = (message: string) =>
  expect.objectContaining({ code: 'ERR_NETLINK_INVALID_ARGUMENT', message }) as unknown;

/** What messages are made of: JSON's own values, bytes, and integers of 64 bits. */
const { message } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeInteger(),
    fc.string(),
    fc.uint8Array(),
    fc
      .bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n })
      .filter((value) => !Number.isSafeInteger(Number(value))),
    fc.array(tie('value'), { maxLength: 4 }),
    tie('message'),
  ),
  message: fc.dictionary(
    fc.string().filter((key) => key !== '$bytes' && key !== '$bigint'),
    tie('value'),
    { maxKeys: 5 },
  ),
}));

describe('toJson and fromJson', () => {
  test('nothing is lost', () => {
    fc.assert(
      fc.property(message, fc.nat(4), (value, indent) => {
        expect(fromJson(toJson(value, indent))).toEqual(value);
      }),
    );
  });

  test('the text is JSON of a fixed form', () => {
    const value = { address: Uint8Array.of(0, 255), bytes: 2n ** 64n - 1n, packets: 5n };
    const text = '{"address":{"$bytes":"00ff"},"bytes":{"$bigint":"18446744073709551615"},"packets":5}';
    expect(toJson(value)).toBe(text);
    expect(JSON.stringify(value, jsonReplacer)).toBe(text);
    expect(fromJson(text)).toEqual({ ...value, packets: 5 });
  });

  test('a Buffer is bytes, as any Uint8Array', () => {
    expect(toJson({ data: Buffer.from('ab') })).toBe('{"data":{"$bytes":"6162"}}');
    expect(toJson(Buffer.from('ab'))).toBe('{"$bytes":"6162"}');
  });

  test('bytes are a Uint8Array of their own', () => {
    const bytes = fromJson('{"$bytes":"0aFF"}') as Uint8Array;
    expect(bytes).toStrictEqual(Uint8Array.of(10, 255));
    expect(bytes.buffer.byteLength).toBe(2);
  });

  test('a Map is written as an object', () => {
    expect(toJson({ groups: new Map([['notify', 16]]) })).toBe('{"groups":{"notify":16}}');
  });

  test('indents', () => expect(toJson({ a: 1 }, 2)).toBe('{\n  "a": 1\n}'));

  test.each([
    [
      '{"a":{"$bytes":"0"}}',
      "fromJson: 'a': $bytes must be hexadecimal, two digits for each byte ('00ff'), got '0'",
    ],
    [
      '{"$bytes":"zz"}',
      "fromJson: the value: $bytes must be hexadecimal, two digits for each byte ('00ff'), got 'zz'",
    ],
    [
      '{"$bytes":[1]}',
      "fromJson: the value: $bytes must be hexadecimal, two digits for each byte ('00ff'), got [1]",
    ],
    [
      '[{"$bigint":"1.5"}]',
      "fromJson: '0': $bigint must be a decimal integer ('18446744073709551615'), got '1.5'",
    ],
    [
      '{"$bigint":7}',
      "fromJson: the value: $bigint must be a decimal integer ('18446744073709551615'), got 7",
    ],
    ['{"a":{"$bytes":"00","b":1}}', "fromJson: 'a' has other properties besides $bytes"],
  ])('%s is refused', (text, reason) => {
    expect(() => fromJson(text)).toThrow(refused(reason));
  });

  test('text that is not JSON is refused', () => {
    expect(() => fromJson('{a}')).toThrow(
      expect.objectContaining({
        code: 'ERR_NETLINK_INVALID_ARGUMENT',
        message: expect.stringMatching(/^fromJson: the text is not JSON: ./) as unknown,
      }),
    );
  });

  test.each([
    [
      { a: { $bytes: '00' } },
      "toJson: 'a' has a property named $bytes, which is reserved for values that JSON lacks",
    ],
    [
      { $bigint: 1 },
      'toJson: the value has a property named $bigint, which is reserved for values that JSON lacks',
    ],
    [undefined, 'toJson: JSON cannot hold a value of type undefined'],
  ])('%p cannot be written', (value, reason) => {
    expect(() => toJson(value)).toThrow(refused(reason));
  });
});
