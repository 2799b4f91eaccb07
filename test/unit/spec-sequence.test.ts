// Nests whose attributes have an order: arrays of objects of one property.
import { describe, expect, test } from '@jest/globals';
import { loadFamily } from '#lib/spec/load';
import type { Family } from '#lib/spec/runtime/family';
import { WireView, WireWriter } from '#lib/wire/index';
import { generatedFamily } from '../helpers/families';

const example = loadFamily({
  name: 'example',
  protocol: 'genetlink',
  operations: {
    list: [{ name: 'new', value: 1, 'attribute-set': 'flow', do: { request: { attributes: ['actions'] } } }],
  },
  'attribute-sets': [
    {
      name: 'flow',
      attributes: [{ name: 'actions', type: 'sequence', value: 4, 'nested-attributes': 'action' }],
    },
    {
      name: 'action',
      attributes: [
        { name: 'output', type: 'u32' },
        { name: 'pop-vlan', type: 'flag', value: 5 },
        { name: 'clone', type: 'sequence', value: 20, 'nested-attributes': 'action' },
      ],
    },
  ],
});

function encode(family: Family, input: object): Uint8Array {
  const writer = new WireWriter();
  bodyOf(family).encode(writer, input);
  return writer.finish().slice();
}

function decode(family: Family, bytes: Uint8Array): object {
  return bodyOf(family).decode(new WireView(bytes), 0, bytes.length, false);
}

function bodyOf(family: Family) {
  const found = family.operations['new'];
  if (found === undefined) throw new Error('the family has no operation `new`');
  return found.body;
}

const actions = [
  { output: 7 },
  { popVlan: true },
  { output: 8 },
  { clone: [{ popVlan: true }, { output: 7 }] },
  { output: 7 },
];

describe.each([
  ['the loader', example, 0],
  ['generated code', generatedFamily('ovs_flow'), 4],
])('%s', (_, family, header) => {
  test('order and repetition are kept both ways', () => {
    const bytes = encode(family, { actions });
    expect(Buffer.from(bytes.subarray(header + 4)).toString('hex')).toBe(
      '0800010007000000' +
        '04000500' +
        '0800010008000000' +
        '1000148004000500' +
        '0800010007000000' +
        '0800010007000000',
    );
    expect(decode(family, bytes)).toMatchObject({ actions });
  });

  test('no actions are an empty nest', () => {
    expect(decode(family, encode(family, { actions: [] }))).toMatchObject({ actions: [] });
  });

  test('what is not known stays in its place', () => {
    const bytes = encode(family, { actions: [{ output: 1 }, { popVlan: true }, { output: 2 }] });
    bytes[header + 4 + 8 + 2] = 99;
    const decoded = decode(family, bytes) as { readonly actions: readonly object[] };
    expect(decoded.actions).toMatchObject([{ output: 1 }, { extra: [{ type: 99 }] }, { output: 2 }]);
    expect(Buffer.from(encode(family, decoded))).toEqual(Buffer.from(bytes));
  });

  test.each([
    ['none', [{ output: 1 }, {}], 'actions[1]: an entry must have exactly one property, got none'],
    [
      'two',
      [{ output: 1, popVlan: true }],
      'actions[0]: an entry must have exactly one property, got output, popVlan',
    ],
    ['an object', { output: 1 }, 'actions: an object was given where an array is expected'],
    ['an unknown one', [{ outptu: 1 }], 'outptu'],
  ])('an entry with %s is refused before anything is sent', (_what, wrong, message) => {
    expect(() => encode(family, { actions: wrong })).toThrow(message);
  });
});
