import { NetlinkError } from '../../errors.js';

/**
 * The version of what generated modules import. Increase it with each change after which modules that were generated before
 * do not work any more.
 */
export const ABI = 1;

/** Called by each generated module. Throws ERR_NETLINK_UNSUPPORTED if it was generated for another version. */
export function requireAbi(family: string, version: number): void {
  if (version === ABI) return;
  throw new NetlinkError(
    `the module of family '${family}' was generated for version ${version} of afnetlink/generated-runtime, but this ` +
      `afnetlink has version ${ABI}: generate the module again with this afnetlink's 'nlctl generate'`,
    { code: 'ERR_NETLINK_UNSUPPORTED' },
  );
}
