import { NetlinkError } from '../errors.js';

/** The parts of `process` that identify the host. */
export interface Host {
  readonly platform: string;
  readonly versions: Readonly<Record<string, string | undefined>>;
}

/** Why netlink cannot work on this host, or undefined if it can. Checked before the addon is loaded. */
export function whyUnsupported({ platform, versions }: Host): string | undefined {
  if (platform !== 'linux') return `netlink is an interface of the Linux kernel, and this is ${platform}`;
  if (versions['electron'] === undefined) return undefined;
  return 'Electron is not supported: open netlink sockets in a separate Node.js process and pass on what they receive';
}

/** Whether addons can use uv_poll: Bun 1.4 ends the process instead, and Deno 2.9 reports each socket once only. */
export function hasUvPoll({ versions }: Host): boolean {
  return versions['bun'] === undefined && versions['deno'] === undefined;
}

/** The error for a host on which netlink cannot work. */
export function unsupported(reason: string, cause?: unknown): NetlinkError {
  return new NetlinkError(reason, { code: 'ERR_NETLINK_UNSUPPORTED', cause });
}
