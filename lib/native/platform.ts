import { NetlinkError } from '../errors.js';

/** The parts of `process` that identify the host. */
export interface Host {
  readonly platform: string;
  readonly versions: Readonly<Record<string, string | undefined>>;
}

const runtimes: readonly (readonly [key: string, reason: string])[] = [
  ['bun', 'Bun has no libuv event loop that an addon could wait on (uv_poll); run this program with Node.js'],
  [
    'deno',
    "Deno's uv_poll reports each socket only once, so messages would be missed; run this program with Node.js",
  ],
  [
    'electron',
    'Electron is not supported: open netlink sockets in a separate Node.js process and pass on what they receive',
  ],
];

/** Why netlink cannot work on this host, or undefined if it can. Checked before the addon is loaded. */
export function whyUnsupported(host: Host): string | undefined {
  if (host.platform !== 'linux') {
    return `netlink is an interface of the Linux kernel, and this is ${host.platform}`;
  }
  return runtimes.find(([key]) => host.versions[key] !== undefined)?.[1];
}

/** The error for a host on which netlink cannot work. */
export function unsupported(reason: string, cause?: unknown): NetlinkError {
  return new NetlinkError(reason, { code: 'ERR_NETLINK_UNSUPPORTED', cause });
}
