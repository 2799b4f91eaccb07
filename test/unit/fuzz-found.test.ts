// What the fuzzer found (npm run fuzz), each with the smallest input that shows it.
import { describe, expect, test } from '@jest/globals';
import { loadFamily, readSpec } from '#lib/spec/index';
import { FlagSet } from '#lib/spec/runtime/enumeration';
import { WireView, WireWriter } from '#lib/wire/index';
import { bodyPairs } from '../helpers/bodies';

const family = (type: object) => ({
  name: 'example',
  definitions: [{ name: 'bits', type: 'flags', entries: ['one', 'two'] }],
  'attribute-sets': [{ name: 'things', attributes: [{ name: 'value', ...type }] }],
  operations: {
    list: [{ name: 'get', 'attribute-set': 'things', do: { request: { attributes: ['value'] } } }],
  },
});

const invalid = (message: RegExp) =>
  expect.objectContaining({
    code: 'ERR_NETLINK_INVALID_ARGUMENT',
    message: expect.stringMatching(message) as unknown as string,
  }) as unknown as Error;

describe.each(['u64', 's64', 'uint', 'sint'])('a %s', (type) => {
  const { body } = Object.values(loadFamily(family({ type })).operations)[0] ?? failed();

  // V8's BigInt functions threw a SyntaxError or a TypeError of their own, or took the text's number.
  test.each([{}, [], 'text', '7', true, null, Symbol('x')])('refuses %p', (value) => {
    expect(() => body.encode(new WireWriter(), { value })).toThrow(invalid(/^value: /));
  });
});

test('flags refuse a number with a fraction', () => {
  const flags = new FlagSet('bits', { one: 0 });
  for (const number of [1.5, NaN, Infinity]) {
    expect(() => flags.mask64(number)).toThrow(invalid(/^bits: .* must be an integer, or a list of names$/));
  }
});

// Decoding a negative number of such a type never ended.
test.each(['s8', 's16', 's32', 's64', 'sint'])('a specification cannot have flags of type %s', (type) => {
  const asFlags = [{ enum: 'bits' }, { enum: 'bits', 'enum-as-flags': true }];
  for (const use of asFlags) {
    expect(() => readSpec(family({ type, ...use }))).toThrow(
      expect.objectContaining({
        code: 'ERR_NETLINK_INVALID_SPEC',
        message: 'spec: attribute-sets[things].attributes[value].type: flags must be of an unsigned type',
      }),
    );
  }
});

// The parser printed a warning of its own, and went on.
test.each(['name: !unknown example', 'name: example\n? [a]\n: 1', 'name: &a: example'])(
  'what the YAML parser doubts is refused: %j',
  (text) => {
    expect(() => readSpec(text)).toThrow(
      expect.objectContaining({
        code: 'ERR_NETLINK_INVALID_SPEC',
        message: expect.stringMatching(/^spec: not valid YAML: /) as unknown as string,
      }),
    );
  },
);

describe('generated and interpreted code name the same fault', () => {
  const { loaded, generated } = bodyPairs('netlink_test')[0] ?? failed();

  test.each([
    ['a number that is too short', '06000200' + '01020000'],
    ['an empty number', '04000200'],
  ])('of %s', (_, hex) => {
    const bytes = Buffer.from(hex, 'hex');
    const messages = [loaded, generated].map((body) => {
      try {
        return body.decode(new WireView(bytes), 0, bytes.length, true);
      } catch (error) {
        return (error as Error).message;
      }
    });
    expect(messages[0]).toMatch(/must have/);
    expect(messages[1]).toBe(messages[0]);
  });
});

function failed(): never {
  throw new Error('there is none');
}
