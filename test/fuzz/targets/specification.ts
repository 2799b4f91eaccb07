// Specifications in YAML: refused, or a module that parses, declares each name once and has nothing else in it, and a family
// that the interpreter can use.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateModule } from '#lib/spec/generator/module';
import { interpretedFamily } from '#lib/spec/interpreter/family';
import { readSpec } from '#lib/spec/load';
import { WireView } from '#lib/wire/index';
import { parseGenerated } from '../../helpers/module-declarations';
import { packageRoot } from '../../helpers/processes';
import { bytesOf, type Target, textOf } from '../target';

const MARK = 'markOfTheIntruder';

const SMALL = `name: example
protocol: genetlink
definitions:
  - { name: limit, type: const, value: 7 }
  - { name: colour, type: enum, header: linux/if.h, name-prefix: ex-, entries: [red, { name: blue, value: 7 }] }
  - { name: point, type: struct, members: [{ name: x, type: u32, byte-order: big-endian }, { name: y, type: binary, len: 6 }] }
attribute-sets:
  - name: things
    name-prefix: ex-
    attributes:
      - { name: label, type: string, checks: { max-len: 16 } }
      - { name: colour, type: u32, enum: colour, multi-attr: true }
      - { name: place, type: binary, struct: point }
      - { name: inside, type: nest, nested-attributes: things }
      - { name: list, type: indexed-array, sub-type: nest, nested-attributes: things }
      - { name: kept, type: sub-message, sub-message: data, selector: label }
      - { name: gap, type: pad }
      - { name: wide, type: uint }
sub-messages:
  - name: data
    formats: [{ value: bridge, attribute-set: things, fixed-header: point }, { value: other, fixed-header: point }]
operations:
  fixed-header: point
  list:
    - name: get
      attribute-set: things
      do: { request: { attributes: [label] }, reply: { value: 3, attributes: [label, kept] } }
      dump: { reply: { attributes: [label] } }
    - { name: told, notify: get, mcgrp: events }
mcast-groups: { list: [{ name: events, value: 2 }] }
`;

const words = [
  ...SMALL.split(/[^\w-]+/),
  ...[
    'unused',
    'flag',
    'bitfield32',
    'nest-type-value',
    'type-value',
    'u8',
    's64',
    'sint',
    'flags',
    'event',
    'len',
  ],
  ...[
    'display-hint: ipv4',
    'enum-as-flags: true',
    'exact-len: 4',
    'min: 1',
    'byte-order: little-endian',
    'subset-of:',
  ],
  ...[
    `'; ${MARK}(); '`,
    `"*/ ${MARK}(); /*"`,
    `'\`\${${MARK}()}\`'`,
    '__proto__',
    'constructor',
    '&a',
    '*a',
    '<<: *a',
  ],
  ...[
    '\n',
    '  ',
    ': ',
    '- ',
    '{',
    '}',
    '[',
    ']',
    ', ',
    '!!set',
    '!!binary',
    '?',
    '|',
    '>',
    '#',
    '---',
    '0x',
    '.inf',
    '~',
  ],
  ...['4294967296', '-1', '1.5', '99999999999999999999'],
];

export const target: Target = {
  name: 'specification',
  seeds: [
    bytesOf(SMALL),
    ...readdirSync(join(packageRoot, 'specs')).map((file) => readFileSync(join(packageRoot, 'specs', file))),
  ],
  words: [...new Set(words)].filter((word) => word !== ''),
  longest: 16 << 10,
  // What a specification says of one set is printed for each place that uses it.
  work: { least: 2_000_000, perByte: 20_000 },
  run(input) {
    const spec = readSpec(textOf(input), { file: 'example.yaml' });
    const { declarations, identifiers } = parseGenerated(generateModule(spec, { inputs: 'example.yaml' }));
    if (identifiers.has(MARK)) throw new Error('text of the specification became code');
    const twice = declarations.find((name, index) => declarations.indexOf(name) !== index);
    if (twice !== undefined) throw new Error(`${twice} is declared twice`);
    for (const { body } of Object.values(interpretedFamily(spec).operations)) {
      body.decode(new WireView(new Uint8Array(body.headerLength + 8)), 0, body.headerLength + 8, false);
    }
  },
};
