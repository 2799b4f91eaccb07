import type { FlagName } from '../../spec/runtime/enumeration.js';
import type { IfaFlags } from '../../families/rt-addr.js';
import { oneOf } from '../checks.js';
import type { IpFamily } from '../ip.js';

/** What `ip` calls the flags of an address (IFA_F_*). `temporary` is IPv6's name for `secondary`. */
export type AddressFlag =
  | 'secondary'
  | 'temporary'
  | 'nodad'
  | 'optimistic'
  | 'dadfailed'
  | 'home'
  | 'deprecated'
  | 'tentative'
  | 'permanent'
  | 'mngtmpaddr'
  | 'noprefixroute'
  | 'autojoin'
  | 'stable-privacy';

const KERNEL_NAMES: Readonly<Record<AddressFlag, IfaFlags>> = {
  secondary: 'secondary',
  temporary: 'secondary',
  nodad: 'nodad',
  optimistic: 'optimistic',
  dadfailed: 'dadfailed',
  home: 'homeaddress',
  deprecated: 'deprecated',
  tentative: 'tentative',
  permanent: 'permanent',
  mngtmpaddr: 'managetempaddr',
  noprefixroute: 'noprefixroute',
  autojoin: 'mcautojoin',
  'stable-privacy': 'stable-privacy',
};

const NAMES = new Map(
  Object.entries(KERNEL_NAMES).map(([name, kernel]) => [kernel, name as AddressFlag] as const),
);

/** The kernel's flags of an address by the names of `ip`; bits without a name are left to `raw`. */
export function flagsOf(family: IpFamily, flags: readonly FlagName<IfaFlags>[]): AddressFlag[] {
  return flags.flatMap((flag) => {
    if (flag === 'secondary') return family === 'ipv6' ? 'temporary' : 'secondary';
    return NAMES.get(flag as IfaFlags) ?? [];
  });
}

/** Flags to send, by the names of `ip`. */
export function kernelFlags(where: string, flags: readonly AddressFlag[]): IfaFlags[] {
  return flags.map((flag) => oneOf(where, flag, KERNEL_NAMES));
}
