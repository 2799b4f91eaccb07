// A specification comes from somewhere else: whatever it says, it is refused, or makes a module of exactly the expected
// declarations. Nothing that it contains runs, and no name of its own reaches JavaScript's.
import { describe, expect, test } from '@jest/globals';
import { NetlinkError } from '#lib/index';
import { loadFamily } from '#lib/spec/index';
import fc from 'fast-check';
import { generateModule } from '#lib/spec/generator/module';
import { readSpec } from '#lib/spec/load';
import { WireView, WireWriter } from '#lib/wire/index';
import { parseGenerated } from '../helpers/module-declarations';

const MARK = 'markOfTheIntruder';

const HOSTILE = [
  `'; ${MARK}(); '`,
  `"; ${MARK}(); "`,
  `*/ ${MARK}(); /*`,
  `\\'; ${MARK}(); //`,
  `\`\${${MARK}()}\``,
  `\n${MARK}();\n`,
  `\u2028${MARK}();\u2029`,
  `\r${MARK}()`,
  `}; ${MARK}(); const x = {`,
  `__proto__`,
  '',
  '-',
  '0',
  'a-',
  ...['constructor', 'to-string', 'value-of', 'has-own-property', 'then', 'extra', 'tail', 'raw'],
  ...[
    'mac',
    'ip',
    'numbers',
    'records',
    'header',
    'le',
    'l-e',
    'codec',
    '4addr',
    'class',
    'default',
    'x-input',
  ],
];

interface Places {
  readonly family: string;
  readonly constant: string;
  readonly text: unknown;
  readonly enumeration: string;
  readonly entry: string;
  readonly header: string;
  readonly prefix: string;
  readonly struct: string;
  readonly member: string;
  readonly set: string;
  readonly attribute: string;
  readonly message: string;
  readonly format: string;
  readonly operation: string;
  readonly group: string;
}

const HARMLESS: Places = {
  family: 'example',
  constant: 'limit',
  text: 'text',
  enumeration: 'colour',
  entry: 'red',
  header: 'linux/if.h',
  prefix: 'ex-',
  struct: 'point',
  member: 'x',
  set: 'things',
  attribute: 'label',
  message: 'data',
  format: 'bridge',
  operation: 'get',
  group: 'events',
};

function specification(places: Places): object {
  return {
    name: places.family,
    protocol: 'genetlink',
    definitions: [
      { name: places.constant, type: 'const', value: places.text },
      {
        name: places.enumeration,
        type: 'enum',
        header: places.header,
        'name-prefix': places.prefix,
        entries: [places.entry, { name: 'blue', value: 7 }],
      },
      { name: places.struct, type: 'struct', members: [{ name: places.member, type: 'u32' }] },
    ],
    'attribute-sets': [
      {
        name: places.set,
        'name-prefix': places.prefix,
        attributes: [
          { name: places.attribute, type: 'string' },
          { name: 'colour', type: 'u32', enum: places.enumeration },
          { name: 'place', type: 'binary', struct: places.struct },
          { name: 'inside', type: 'nest', 'nested-attributes': places.set },
          { name: 'kept', type: 'sub-message', 'sub-message': places.message, selector: places.attribute },
        ],
      },
    ],
    'sub-messages': [
      { name: places.message, formats: [{ value: places.format, 'attribute-set': places.set }] },
    ],
    operations: {
      'name-prefix': places.prefix,
      list: [
        {
          name: places.operation,
          'attribute-set': places.set,
          do: { request: { attributes: [places.attribute] }, reply: { attributes: [places.attribute] } },
          mcgrp: places.group,
        },
      ],
    },
    'mcast-groups': { list: [{ name: places.group }] },
  };
}

function declarations(source: string): readonly string[] {
  const { declarations: names, identifiers } = parseGenerated(source);
  expect(identifiers).not.toContain(MARK);
  return names;
}

/** Refused, or a module whose declarations are as many as those of a harmless specification, each name once. */
function check(spec: object, inputs: string): void {
  let module: string;
  try {
    module = generateModule(readSpec(spec, { file: inputs }), { inputs });
  } catch (error) {
    expect(error).toBeInstanceOf(NetlinkError);
    expect((error as NetlinkError).code).toBe('ERR_NETLINK_INVALID_SPEC');
    return;
  }
  const made = declarations(module);
  expect(new Set(made).size).toBe(made.length);
  const own = (all: readonly string[]) =>
    all.filter((each) => !/^value (?:(?!read|write)[a-z]\w*|_\w+(?:Family|Codec))$/.test(each)).length;
  expect(own(made)).toBe(own(HARMLESS_DECLARATIONS));
}

const HARMLESS_DECLARATIONS = declarations(
  generateModule(readSpec(specification(HARMLESS)), { inputs: 'example.yaml' }),
);

describe.each(Object.keys(HARMLESS) as (keyof Places)[])('as the %s', (place) => {
  test.each(HOSTILE)('%j', (text) => {
    check(specification({ ...HARMLESS, [place]: text }), 'example.yaml');
  });
});

test.each(HOSTILE)('as the name of the file: %j', (text) => {
  check(specification(HARMLESS), text);
});

test('as several of them', () => {
  const place = fc.constantFrom(...HOSTILE, 'fine', 'b');
  const keys = Object.keys(HARMLESS);
  const places = fc.record(
    Object.fromEntries(keys.map((key) => [key, fc.oneof(place, fc.constant(undefined), fc.string())])),
  );
  fc.assert(
    fc.property(places, (chosen) => {
      const given = Object.fromEntries(Object.entries(chosen).filter(([, text]) => text !== undefined));
      check(specification({ ...HARMLESS, ...given }), 'example.yaml');
    }),
    { numRuns: 100 },
  );
});

test('any value anywhere is a refusal that says where', () => {
  const value = fc.oneof(
    fc.anything(),
    fc.constant(Number.NaN),
    fc.constant(1.5),
    fc.bigInt(),
    fc.constant([]),
  );
  const paths: (readonly (string | number)[])[] = [];
  const collect = (node: unknown, path: readonly (string | number)[]): void => {
    paths.push(path);
    if (typeof node !== 'object' || node === null) return;
    for (const [key, child] of Object.entries(node)) {
      collect(child, [...path, Array.isArray(node) ? Number(key) : key]);
    }
  };
  collect(specification(HARMLESS), []);
  fc.assert(
    fc.property(fc.constantFrom(...paths.slice(1)), value, (path, replacement) => {
      const spec = specification(HARMLESS);
      let node = spec as Record<string | number, unknown>;
      for (const key of path.slice(0, -1)) node = node[key] as Record<string | number, unknown>;
      node[path.at(-1) ?? ''] = replacement;
      try {
        generateModule(readSpec(spec, { file: 'example.yaml' }), { inputs: '' });
      } catch (error) {
        expect(error).toMatchObject({ code: 'ERR_NETLINK_INVALID_SPEC' });
      }
    }),
    { numRuns: 500 },
  );
});

describe('too much of it', () => {
  const refusal = (text: string) => {
    try {
      readSpec(text, { file: 'example.yaml' });
    } catch (error) {
      return (error as Error).message;
    }
    return 'accepted';
  };

  test('aliases that stand for a billion values', () => {
    const lines = Array.from({ length: 12 }, (_, level) =>
      level === 0
        ? '- &a0 [x]'
        : `- &a${level} [${Array.from({ length: 10 }, () => `*a${level - 1}`).join(', ')}]`,
    );
    expect(refusal(`name: example\ndefinitions:\n${lines.join('\n')}`)).toBe(
      'example.yaml: must have at most 1000000 values',
    );
  });

  test('an alias that stands for itself', () => {
    expect(refusal('name: example\ndefinitions: &all [*all]')).toBe(
      'example.yaml: must be nested at most 64 levels deep',
    );
  });

  test('structures within structures', () => {
    const members = (level: number) =>
      level === 4000 ? `[{ name: x, type: u8 }]` : `[{ name: x, type: binary, struct: s${level + 1} }]`;
    const structs = Array.from(
      { length: 4001 },
      (_, level) => `  - { name: s${level}, type: struct, members: ${members(level)} }`,
    );
    expect(refusal(`name: example\ndefinitions:\n${structs.join('\n')}\noperations: { list: [] }`)).toBe(
      'example.yaml: definitions[s16]: structures must be nested at most 16 levels deep',
    );
  });

  test('brackets without end', () => {
    expect(refusal(`name: ${'['.repeat(100_000)}`)).toMatch(
      /^example\.yaml: (not valid YAML|must be nested at most)/,
    );
  });
});

describe('names that every object has', () => {
  const names = [
    'constructor',
    'to-string',
    'value-of',
    'is-prototype-of',
    'has-own-property',
    'extra',
    'then',
  ];
  const family = loadFamily({
    name: 'example',
    'attribute-sets': [{ name: 'things', attributes: names.map((name) => ({ name, type: 'u32' })) }],
    operations: {
      list: [{ name: 'constructor', 'attribute-set': 'things', do: { request: { attributes: names } } }],
    },
  });

  test('have properties of their own, which come back as they were sent', () => {
    const [operation] = Object.values(family.operations);
    const described = Object.values(operation?.body.attributes() ?? {}).map(({ name }) => name);
    expect(described).toEqual([
      ...['constructor_', 'toString_', 'valueOf_', 'isPrototypeOf_', 'hasOwnProperty_', 'extra_', 'then_'],
    ]);
    const value = Object.fromEntries(described.map((key, index) => [key, index]));
    const writer = new WireWriter();
    operation?.body.encode(writer, value);
    const bytes = writer.finish();
    expect(operation?.body.decode(new WireView(bytes), 0, bytes.length, true)).toEqual(value);
    expect(Object.keys(family.operations)).toEqual(['constructor_']);
  });

  test('are unknown where the specification has none of that name', () => {
    const [operation] = Object.values(family.operations);
    for (const key of ['constructor', 'toString', '__proto__', 'nothing']) {
      const input = Object.defineProperty({}, key, { value: 1, enumerable: true });
      expect(() => operation?.body.encode(new WireWriter(), input)).toThrow(
        expect.objectContaining({ code: 'ERR_NETLINK_INVALID_ARGUMENT' }),
      );
    }
  });
});
