import { existsSync } from 'node:fs';

/** netlink_test's protocol, unless it was loaded with another. */
export const MODULE_PROTOCOL = 17;

export function moduleIsLoaded(): boolean {
  return existsSync('/sys/module/netlink_test');
}
