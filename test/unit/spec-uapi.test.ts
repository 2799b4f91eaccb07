import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect } from '@jest/globals';
import { packageRoot } from '../helpers/processes';
import { testUnless } from '../helpers/conditional';
import { kernelSpecs, WITHOUT_SPECS } from '../helpers/specs';

const WITHOUT_HEADERS = existsSync('/usr/include/linux/rtnetlink.h')
  ? undefined
  : 'the kernel’s headers are not installed (linux-libc-dev)';

interface Comparison {
  readonly compared: number;
  readonly differences: readonly { readonly family: string; readonly what: string }[];
}

function compare(...args: readonly string[]): Comparison {
  const command = ['scripts/check-uapi.mjs', '--json', '--specs', kernelSpecs ?? '', ...args];
  return JSON.parse(
    execFileSync(process.execPath, command, { cwd: packageRoot, encoding: 'utf8' }),
  ) as Comparison;
}

testUnless(
  WITHOUT_SPECS ?? WITHOUT_HEADERS,
  'numbers and layouts are those of the kernel’s headers, once the specs are repaired',
  () => {
    const { compared, differences } = compare();
    expect(compared).toBeGreaterThan(4000);
    expect(differences).toEqual([]);
  },
  120_000,
);

testUnless(
  WITHOUT_SPECS ?? WITHOUT_HEADERS,
  'the defects that the fix-ups repair are found',
  () => {
    const found = compare('--without-fixups').differences.map(({ what }) => what);
    expect(found).toContain('NL_POLICY_TYPE_ATTR_MASK');
    expect(found).toContain('length of struct tc_ratespec.overhead');
    expect(found).toContain('length of struct ifla_vf_vlan_info.vlan_proto');
  },
  120_000,
);
