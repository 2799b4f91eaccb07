import { NetlinkError } from '../../errors.js';

/**
 * The version of what generated modules import. It grows with each change after which a module that was generated before
 * would not work.
 */
export const ABI = 1;

/** Called by each generated module: throws ERR_NETLINK_UNSUPPORTED where it was generated for another version. */
export function requireAbi(family: string, version: number): void {
  if (version === ABI) return;
  throw new NetlinkError(
    `the module of family '${family}' was generated for version ${version} of afnetlink/generated-runtime, but this ` +
      `afnetlink has version ${ABI}: generate the module again with this afnetlink's 'nlctl generate'`,
    { code: 'ERR_NETLINK_UNSUPPORTED' },
  );
}
