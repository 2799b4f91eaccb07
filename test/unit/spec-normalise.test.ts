import { describe, expect, test } from '@jest/globals';
import { NetlinkError } from 'afnetlink';
import { readSpec } from '#lib/spec/load';
import type { FamilySpec } from '#lib/spec/model';
import { testUnless } from '../helpers/conditional';
import { kernelSpecNames, kernelSpecText, WITHOUT_SPECS } from '../helpers/specs';

const read = (text: string): FamilySpec => readSpec(text, { file: 'example.yaml' });

function family(parts: string): string {
  return `name: example\n${parts}`;
}

const MINIMAL = `
attribute-sets:
  - name: things
    attributes:
      - { name: id, type: u32 }
      - { name: label, type: string }
operations:
  list:
    - { name: get, doc: get, attribute-set: things, do: { request: { attributes: [id] } } }
`;

describe('numbers', () => {
  test('attributes count from 1, and a given number moves those behind it', () => {
    const { sets } = read(
      family(`
attribute-sets:
  - name: things
    attributes:
      - { name: a, type: u8 }
      - { name: b, type: u8, value: 0x10 }
      - { name: c, type: u8 }
operations: { list: [] }`),
    );
    expect(sets[0]?.attributes.map(({ name, id }) => [name, id])).toEqual([
      ['a', 1],
      ['b', 16],
      ['c', 17],
    ]);
  });

  test('a subset has the numbers and types of its parent, and may change parts of them', () => {
    const { sets } = read(
      family(`
attribute-sets:
  - name: things
    attributes:
      - { name: a, type: u8 }
      - { name: b, type: binary }
  - name: some
    subset-of: things
    attributes:
      - { name: b, display-hint: mac }
operations: { list: [] }`),
    );
    expect(sets[1]?.attributes).toMatchObject([{ name: 'b', id: 2, type: { kind: 'address', form: 'mac' } }]);
  });

  test('entries count from 0 or value-start; those of flags are numbers of bits', () => {
    const { enums } = read(
      family(`
definitions:
  - { name: plain, type: enum, entries: [a, { name: b, value: 5 }, c] }
  - { name: later, type: enum, value-start: 1, entries: [a, b] }
  - { name: bits, type: flags, entries: [a, b] }
attribute-sets: []
operations: { list: [] }`),
    );
    expect(enums.map(({ entries }) => entries.map(({ value }) => value))).toEqual([
      [0, 5, 6],
      [1, 2],
      [0, 1],
    ]);
    expect(enums[2]?.flags).toBe(true);
  });

  test('operations of both directions share their numbers in the unified model', () => {
    const { operations } = read(
      family(`
attribute-sets: [{ name: things, attributes: [{ name: id, type: u32 }] }]
operations:
  list:
    - { name: unused, doc: x, value: 0 }
    - { name: get, doc: x, attribute-set: things, do: { request: {}, reply: {} } }
    - { name: get-ntf, doc: x, notify: get }
    - { name: set, doc: x, value: 9, attribute-set: things, do: { request: {} } }`),
    );
    expect(operations.map(({ name }) => name)).toEqual(['get', 'get-ntf', 'set']);
    expect(operations[0]?.do).toMatchObject({ request: { id: 1 }, reply: { id: 1 } });
    expect(operations[1]?.notification?.id).toBe(2);
    expect(operations[2]?.do?.request.id).toBe(9);
  });

  test('each direction counts for itself in the directional model', () => {
    const { operations } = read(
      family(`
attribute-sets: [{ name: things, attributes: [{ name: id, type: u32 }] }]
operations:
  enum-model: directional
  list:
    - { name: get, doc: x, attribute-set: things, do: { request: { value: 3 }, reply: { value: 1 } } }
    - { name: set, doc: x, attribute-set: things, do: { request: {} } }
    - { name: ntf, doc: x, notify: get }
    - { name: act, doc: x, attribute-set: things, do: { request: {}, reply: {} } }`),
    );
    const numbers = operations.map((operation) => [
      operation.do?.request.id,
      operation.do?.reply?.id ?? operation.notification?.id,
    ]);
    expect(numbers).toEqual([
      [3, 1],
      [4, undefined],
      [undefined, 2],
      [5, 3],
    ]);
  });
});

describe('structures', () => {
  const layout = (members: string) => {
    const [struct] = read(
      family(`
definitions:
  - { name: s, type: struct, members: [${members}] }
attribute-sets: []
operations: { list: [] }`),
    ).structs;
    return { size: struct?.size, offsets: struct?.members.map(({ offset }) => offset) };
  };

  test('members lie where a C compiler puts them', () => {
    const members =
      '{ name: a, type: u8 }, { name: b, type: u16 }, { name: c, type: u64 }, { name: d, type: u8 }';
    expect(layout(members)).toEqual({ size: 24, offsets: [0, 2, 8, 16] });
  });

  test('a member of a fixed header may have a default, if it is a number', () => {
    const [struct] = read(
      family(`
definitions:
  - name: s
    type: struct
    members: [{ name: a, type: u8, default: 255 }, { name: b, type: u32 }]
attribute-sets: []
operations: { list: [] }`),
    ).structs;
    expect(struct?.members.map((member) => member.default)).toEqual([255, undefined]);
    expect(() => layout('{ name: a, type: binary, len: 4, default: 1 }')).toThrow(
      'only a number can have a default',
    );
  });

  test('a request may have a fixed header and attributes of its own', () => {
    const { operations } = read(
      family(`
definitions:
  - { name: asked, type: struct, members: [{ name: a, type: u8 }] }
  - { name: told, type: struct, members: [{ name: b, type: u32 }] }
attribute-sets:
  - { name: filters, attributes: [{ name: only, type: u8 }] }
  - { name: facts, attributes: [{ name: size, type: u32 }] }
operations:
  list:
    - name: get
      fixed-header: told
      attribute-set: facts
      do: { request: { fixed-header: asked, attribute-set: filters, attributes: [only] }, reply: {} }
      dump: { request: {}, reply: {} }`),
    );
    const [get] = operations;
    expect(get?.body).toMatchObject({ header: { name: 'told' }, set: { name: 'facts' } });
    expect(get?.do?.request).toMatchObject({
      body: { header: { name: 'asked' }, set: { name: 'filters' } },
      attributes: ['only'],
    });
    expect(get?.dump?.request.body).toBeUndefined();
  });

  test('padding that is written out is counted once', () => {
    const members = '{ name: a, type: u8 }, { name: pad, type: pad, len: 3 }, { name: b, type: u32 }';
    expect(layout(members)).toEqual({ size: 8, offsets: [0, 1, 4] });
  });

  test('a structure may use one that comes later, and not itself', () => {
    const text = (inner: string) =>
      family(`
definitions:
  - { name: outer, type: struct, members: [{ name: a, type: u8 }, { name: b, type: binary, struct: inner }] }
  - { name: inner, type: struct, members: [${inner}] }
attribute-sets: []
operations: { list: [] }`);
    const outer = read(text('{ name: x, type: u32 }')).structs.find(({ name }) => name === 'outer');
    expect(outer?.size).toBe(8);
    expect(() => read(text('{ name: x, type: binary, struct: outer }'))).toThrow('cannot contain itself');
  });
});

describe('selectors', () => {
  const nested = (outerSet: string) =>
    family(`
sub-messages:
  - name: data
    formats: [{ value: one, attribute-set: leaf }]
attribute-sets:
  - { name: leaf, attributes: [{ name: x, type: u8 }] }
  - name: inner
    attributes:
      - { name: data, type: sub-message, sub-message: data, selector: kind }
  - name: outer
    attributes: [${outerSet}{ name: inner, type: nest, nested-attributes: inner }]
operations:
  list:
    - { name: get, doc: x, attribute-set: outer, do: { request: {} } }`);

  test('one that the set lacks is bound to the nearest enclosing set', () => {
    const { sets } = read(nested('{ name: kind, type: string }, '));
    const byName = new Map(sets.map((set) => [set.name, set]));
    expect(byName.get('inner')?.outerSelectors).toEqual(['kind']);
    expect(byName.get('outer')?.outerSelectors).toEqual([]);
  });

  test('one that no enclosing set has is an error', () => {
    expect(() => read(nested(''))).toThrow(
      "example.yaml: attribute-sets[outer]: no set that encloses a sub-message selected by 'kind'",
    );
  });
});

describe('a spec that is wrong', () => {
  const wrong: readonly (readonly [string, string, string])[] = [
    ['not YAML', 'a: [', 'example.yaml: not valid YAML'],
    ['no mapping', '- a', 'example.yaml: must be a mapping, got a list'],
    ['a misspelt key', family(`${MINIMAL}\nattributesets: []`), "unknown key 'attributesets'"],
    [
      'an unknown type',
      family(MINIMAL.replace('u32', 'u33')),
      "example.yaml: attribute-sets[things].attributes[id].type: unknown attribute type 'u33'",
    ],
    [
      'a set that is not there',
      family(MINIMAL.replace('attribute-set: things', 'attribute-set: thing')),
      "example.yaml: operations.list[get].attribute-set: unknown attribute set 'thing' (similar: things)",
    ],
    [
      'an attribute that is not there',
      family(MINIMAL.replace('[id]', '[ident]')),
      "operations.list[get].do.request.attributes: 'things' has no attribute 'ident'",
    ],
    ['two of a name', family(MINIMAL.replace('label', 'id')), "duplicate attribute 'id'"],
    [
      'two of a number',
      family(MINIMAL.replace('type: string', 'type: string, value: 1')),
      "attributes[label].value: 'id' already has the number 1",
    ],
    [
      'a number out of range',
      family(MINIMAL.replace('type: string', 'type: string, value: 70000')),
      'must be from 0 to 16383, got 70000',
    ],
    ['a missing name', family(MINIMAL.replace('name: get, ', '')), "operations.list[0]: 'name' is missing"],
    [
      'a raw protocol without number',
      family(`protocol: netlink-raw\n${MINIMAL}`),
      "example.yaml: 'protonum' is missing",
    ],
    [
      'a limit that means nothing',
      family(MINIMAL.replace('type: u32', 'type: u32, checks: { max: u33-max }')),
      "attributes[id].checks.max: unknown constant or limit 'u33-max'",
    ],
  ];

  test.each(wrong)('%s', (_, text, message) => {
    let error: unknown;
    try {
      read(text);
    } catch (reason) {
      error = reason;
    }
    expect(error).toBeInstanceOf(NetlinkError);
    expect(error).toMatchObject({
      code: 'ERR_NETLINK_INVALID_SPEC',
      message: expect.stringContaining(message) as unknown,
    });
  });
});

describe('the kernel’s specs', () => {
  testUnless(WITHOUT_SPECS, 'are all understood', () => {
    const names = kernelSpecNames();
    expect(names.length).toBeGreaterThanOrEqual(33);
    for (const name of names) {
      const spec = readSpec(kernelSpecText(name), { file: `${name}.yaml`, fixups: 'none' });
      expect(spec.operations.length).toBeGreaterThan(0);
    }
  });
});
