import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { packageRoot, runCommand } from '../helpers/processes';

const nlctl = (...args: readonly string[]) =>
  runCommand(process.execPath, [join(packageRoot, 'dist/cli/nlctl.js'), ...args]);
const capture = (name: string) => join(packageRoot, 'test/fixtures/captures', `${name}.json`);

const SPEC = `
name: example
protocol: netlink-raw
protonum: 19
definitions:
  - { name: head, type: struct, members: [{ name: kind, type: u8 }, { name: pad, type: pad, len: 3 }] }
  - { name: colour, type: enum, entries: [red, green] }
attribute-sets:
  - name: things
    attributes:
      - { name: label, type: string }
      - { name: size, type: u64 }
      - { name: colour, type: u32, enum: colour }
operations:
  fixed-header: head
  list:
    - { name: get, doc: x, value: 20, attribute-set: things, do: { request: {}, reply: {} }, dump: { reply: {} } }
`;

let folder = '';
let spec = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nlctl-'));
  spec = join(folder, 'example.yaml');
  writeFileSync(spec, SPEC);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('nlctl decode', () => {
  test('prints request and replies as JSON', async () => {
    const { status, stdout } = await nlctl('decode', capture('ethtool-channels-get'));
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      request: { header: { devName: 'v0' } },
      replies: [{ header: { devIndex: 100, devName: 'v0' }, rxMax: 4, rxCount: 4, txMax: 4, txCount: 4 }],
    });
  });

  test('shows an error with the attribute at fault', async () => {
    const { stdout } = await nlctl('decode', capture('netdev-dev-get-range'));
    expect(JSON.parse(stdout)).toMatchObject({
      request: { ifindex: 0 },
      replies: [{ error: { code: 'ERANGE', path: 'ifindex', policy: { minimum: 1 } } }],
    });
  });

  test('shows notifications with their names', async () => {
    const { stdout } = await nlctl('decode', '--pretty', capture('rt-route-ntf-rtnlgrp-ipv4-route'));
    expect(stdout).toContain('\n  "replies": [\n');
    expect(JSON.parse(stdout)).toMatchObject({
      request: null,
      replies: [{ name: 'newroute-ntf', message: { dst: '198.18.9.0' } }, { name: 'delroute-ntf' }],
    });
  });

  test('decodes by a specification of one’s own, with nothing lost', async () => {
    const attributes = `0c000200${'ff'.repeat(8)}` + '0800030007000000' + '0800090001020304';
    const message = `3000000014000000${'00'.repeat(8)}05000000${attributes}`;
    const file = join(folder, 'capture.json');
    writeFileSync(file, JSON.stringify({ family: 'example', op: 'get', mode: 'do', replies: [message] }));
    const { status, stdout, stderr } = await nlctl('decode', '--spec', spec, file);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({
      request: null,
      replies: [
        {
          kind: 5,
          size: { $bigint: '18446744073709551615' },
          colour: 7,
          extra: [{ type: 9, flags: 0, payload: { $bytes: '01020304' }, reason: 'unknown' }],
        },
      ],
    });
    const strict = await nlctl('decode', '--strict', '--spec', spec, file);
    expect(strict.status).toBe(1);
    expect(strict.stderr).toContain('unknown colour 7');
  });
});

describe('nlctl families', () => {
  test('lists every family', async () => {
    const { stdout } = await nlctl('families');
    expect(stdout.trim().split('\n').length).toBeGreaterThanOrEqual(34);
    expect(stdout).toMatch(/^FAMILY +PROTOCOL +DO +DUMP +NOTIFICATIONS +GROUPS\n/);
    expect(stdout).toMatch(/^rt-link +0 +5 +2 +3 +2$/m);
  });

  test('shows one family, also of a specification', async () => {
    const { stdout } = await nlctl('families', 'rt-rule', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      name: 'rt-rule',
      dump: ['getrule'],
      groups: ['rtnlgrp-ipv4-rule', 'rtnlgrp-ipv6-rule'],
    });
    const own = await nlctl('families', '--spec', spec);
    expect(own.stdout).toContain('example: netlink protocol 19');
  });
});

describe('nlctl generate', () => {
  test('prints a module that compiles, as this project’s own are made', async () => {
    const output = join(folder, 'example.ts');
    const { status, stderr } = await nlctl(
      'generate',
      spec,
      '-o',
      output,
      '--runtime',
      join(packageRoot, 'dist/spec/runtime/index.js'),
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const source = readFileSync(output, 'utf8');
    expect(source).toContain('export const exampleFamily: Family<ExampleClient>');
    writeFileSync(join(folder, 'package.json'), '{"type":"commonjs"}');
    const tsc = await runCommand(process.execPath, [
      ...[
        join(packageRoot, 'node_modules/typescript/bin/tsc'),
        '--ignoreConfig',
        '--strict',
        '--skipLibCheck',
      ],
      ...[
        '--module',
        'node20',
        '--target',
        'es2022',
        '--lib',
        'es2023,esnext.disposable',
        '--types',
        'node',
        '--typeRoots',
        join(packageRoot, 'node_modules/@types'),
        '--noEmit',
        output,
      ],
    ]);
    expect(tsc.stdout).toBe('');
    expect(tsc.status).toBe(0);
  });

  test('says what is wrong with a specification, and where', async () => {
    const wrong = join(folder, 'wrong.yaml');
    writeFileSync(wrong, SPEC.replace('type: u64', 'type: u65'));
    const { status, stderr } = await nlctl('generate', wrong);
    expect(status).toBe(1);
    expect(stderr).toContain(
      "wrong.yaml: attribute-sets[things].attributes[size].type: unknown attribute type 'u65'",
    );
  });
});

describe('a capture that cannot be decoded is refused with the place at fault', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['JSON', '{', 'must be JSON: '],
    ['an object', '[]', 'must be a JSON object, got []'],
    ['an object', 'null', 'must be a JSON object, got null'],
    ['text as the family', '{"family": 7}', 'family: must be a string, got 7'],
    ['a list of replies', '{"family": "nlctrl", "replies": "00"}', 'replies: must be an array, got "00"'],
    [
      'whole bytes',
      '{"request": "abc"}',
      'request: must be a string of hexadecimal digits, two for each byte',
    ],
    ['hexadecimal digits', '{"replies": ["00", "zz"]}', 'replies[1]: must be a string of hexadecimal digits'],
  ];

  test.each(cases)('%s: %s', async (_, content, message) => {
    const file = join(folder, 'wrong.json');
    writeFileSync(file, content);
    const { status, stdout, stderr } = await nlctl('decode', file);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain(`nlctl: ${file}: ${message}`);
  });
});

describe('wrong arguments', () => {
  const cases: readonly (readonly [string, readonly string[], string])[] = [
    ['no operation', ['do', 'rt-link'], 'OPERATION is missing'],
    ['no family', ['do'], "FAMILY is missing: a family, as 'nlctl families' lists them"],
    [
      'an unknown family',
      ['dump', 'rt-links', 'getlink'],
      "unknown family 'rt-links' (did you mean 'rt-link'?)",
    ],
    [
      'an unknown operation',
      ['dump', 'rt-rule', 'getrules'],
      "'rt-rule' has no 'dump' operation named 'getrules' (did you mean 'getrule'?). Available: getrule",
    ],
    ['a request that is not JSON', ['do', 'rt-link', 'getlink', '{'], "REQUEST: must be JSON, got '{'"],
    [
      'bytes that are not hexadecimal',
      ['do', 'rt-link', 'getlink', '{"address":{"$bytes":"0g"}}'],
      `REQUEST: must be JSON, got '{"address":{"$bytes":"0g"}}': fromJson: 'address': $bytes must be hexadecimal, two digits for each byte ('00ff'), got '0g'`,
    ],
    [
      'a request that is a list',
      ['do', 'rt-link', 'getlink', '[]'],
      "REQUEST: must be a JSON object, got '[]'",
    ],
    ['an unknown option', ['do', '--strct'], "unknown option '--strct' (did you mean '--strict'?)"],
    ['an option that resembles none', ['do', '--nonsense'], "unknown option '--nonsense'\n"],
    ['no groups', ['listen', 'tcp_metrics'], "'tcp_metrics' has no multicast groups"],
    [
      'a wrong count',
      ['listen', 'rt-link', '--count', '0'],
      "--count: must be an integer of at least 1, got '0'",
    ],
    [
      'a wrong time',
      ['do', 'rt-link', 'getlink', '--timeout', 'x'],
      '--timeout: must be a number of seconds',
    ],
    ['one argument too many', ['dump', 'rt-link', 'getlink', '{}', 'x'], "unexpected argument 'x'"],
    [
      'a subcommand to explain',
      ['help', 'lsten'],
      "SUBCOMMAND: unknown value 'lsten' (did you mean 'listen'?)",
    ],
  ];

  test.each(cases)('%s', async (_, args, message) => {
    const { status, stdout, stderr } = await nlctl(...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).toContain(`Run 'nlctl ${args[0] ?? ''} --help' for usage.`);
  });
});
