import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { testUnless } from '../helpers/conditional';
import { packageRoot } from '../helpers/processes';
import { kernelSpecs, WITHOUT_SPECS } from '../helpers/specs';

interface Outcome {
  readonly counts: Readonly<Record<string, number>>;
  readonly wrong: readonly string[];
  readonly members: readonly unknown[];
  readonly stale: readonly unknown[];
  readonly noticed: Readonly<Record<string, number>>;
}

function checkTypes(...args: readonly string[]): { readonly status: number | null; readonly stdout: string } {
  const command = ['scripts/check-types.mjs', ...args];
  return spawnSync(process.execPath, command, { cwd: packageRoot, encoding: 'utf8' });
}

function outcome(specs: string, ...args: readonly string[]): Outcome & { readonly status: number | null } {
  const { status, stdout } = checkTypes('--json', '--specs', specs, ...args);
  return { status, ...(JSON.parse(stdout) as Outcome) };
}

/** The facts that a C file shows. */
function factsOf(path: string): Record<string, string> {
  const { stdout } = checkTypes('--facts', path);
  return Object.fromEntries(
    stdout
      .trim()
      .split('\n')
      .map((line) => line.split('\t') as [string, string]),
  );
}

const fixture = 'test/fixtures/attribute-types/plain.c';

test('policies, readers, writers, wrappers and macros say what an attribute is', () => {
  expect(factsOf(fixture)).toEqual({
    SHOP_A_BALANCE: 's32',
    SHOP_A_CELLAR: 'nest',
    SHOP_A_COOK: 'ipv6',
    SHOP_A_COUNT_CUPS: 'u32',
    SHOP_A_DEBT: 'be32',
    SHOP_A_DISH: 'u32*',
    SHOP_A_DOOR: 'be16',
    SHOP_A_GUEST: 'u64*',
    SHOP_A_HOURS: 'struct shop_hours',
    SHOP_A_KEY: 'bytes 32',
    SHOP_A_KITCHEN: 'nest',
    SHOP_A_LICENCE: 'be64',
    SHOP_A_MAC: 'mac',
    SHOP_A_MENU: 'nest',
    SHOP_A_NAME: 'string',
    SHOP_A_OPEN: 'flag',
    SHOP_A_PAD: 'pad',
    SHOP_A_RATING: 's8',
    SHOP_A_SEATS: 'u32',
    SHOP_A_SITE: 'ipv6',
    SHOP_A_STREET: 'be32',
    SHOP_A_SWITCHES: 'bitfield32',
    SHOP_A_TABLES: 'nest[nest]',
    SHOP_A_TABLE_LEGS: 'u8',
    SHOP_A_WAITER: 'string',
  });
});

test.each([
  ['a reader in host order', 'ntohl(nla_get_be32(attr))', 'nla_get_u32(attr)', 'SHOP_A_DEBT', 'u32'],
  [
    'another width',
    'nla_put_s32(skb, SHOP_A_BALANCE',
    'nla_put_s64(skb, SHOP_A_BALANCE',
    'SHOP_A_BALANCE',
    's64',
  ],
  ['a member of another order', '__be64 licence', 'u64 licence', 'SHOP_A_LICENCE', 'u64'],
  ['a value outside of the loop', 'for (i = 0; i < count; i++)\n\t\tif', 'if', 'SHOP_A_GUEST', 'u64'],
  ['two types in one nest', 'return -EINVAL;\n\t\tshop', 'continue;\n\t\tshop', 'SHOP_A_DISH', 'u32'],
])('%s changes the fact', (_, before, after, constant, fact) => {
  const source = readFileSync(join(packageRoot, fixture), 'utf8');
  const changed = source.replaceAll(before, after);
  expect(changed).not.toBe(source);
  const folder = mkdtempSync(join(tmpdir(), 'types-'));
  try {
    const path = join(folder, 'changed.c');
    writeFileSync(path, changed);
    expect(factsOf(path)[constant]).toBe(fact);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

testUnless(WITHOUT_SPECS, 'every attribute is what the kernel has, or has its reason in the list', () => {
  const { status, counts, noticed, ...rest } = outcome(kernelSpecs ?? '', '--self-test');
  expect({ ...rest, status }).toEqual({ status: 0, wrong: [], members: [], stale: [] });
  expect(counts['with a fact']).toBeGreaterThan(3400);
  expect(counts['agree']).toBeGreaterThan(3200);
  // What the comparison sees of attributes that are described wrongly on purpose.
  expect(noticed['width']).toBeGreaterThan(0.97);
  expect(noticed['sign']).toBeGreaterThan(0.96);
  expect(noticed['byte order']).toBeGreaterThan(0.92);
  expect(noticed['nest or scalar']).toBeGreaterThan(0.97);
});

testUnless(WITHOUT_SPECS, 'a wrong type is found and named, by the source and by a running kernel', () => {
  const folder = mkdtempSync(join(tmpdir(), 'types-'));
  try {
    cpSync(kernelSpecs ?? '', folder, { recursive: true });
    for (const [file, name] of [
      ['rt-link.yaml', 'mtu'],
      ['ethtool.yaml', 'rx-jumbo'],
    ] as const) {
      const path = join(folder, file);
      const text = readFileSync(path, 'utf8');
      const changed = text.replace(new RegExp(`(name: ${name}\\n\\s+type: )u32`), '$1u16');
      expect(changed).not.toBe(text);
      writeFileSync(path, changed);
    }
    const { status, wrong } = outcome(folder);
    expect(status).toBe(1);
    expect(wrong.toSorted()).toEqual([
      'ethtool/rings: ETHTOOL_A_RINGS_RX_JUMBO is u16 here, the kernel has be32|u32 (wrong)',
      'ethtool/rings: ETHTOOL_A_RINGS_RX_JUMBO is u16 here, the kernel has u32 (wrong)',
      'rt-link/link-attrs: IFLA_MTU is u16 here, the kernel has u32 (wrong)',
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
