import type { Endpoint } from '../endpoints/index.js';
import * as constants from '../wire/constants.js';

const WIDTHS = [14, 10, 12, 12, 11, 16, 5, 10, 24];

/** What stands above lines of endpoints. */
export const heading = line([
  ...['PROTOCOL', 'PORT ID', 'GROUPS', 'DESTINATION', 'STATE', 'MEMORY', 'DROPS', 'INODE', 'PROCESS'],
  'NAMESPACE',
]);

export function endpointLine(endpoint: Endpoint): string {
  const { protocol, portId, groups, destination, state, memory, drops, inode, namespace } = endpoint;
  return line([
    protocolName(protocol),
    String(portId),
    groupRanges(groups),
    destination === undefined ? '-' : `${destination.portId}/${destination.group}`,
    state,
    `${memory.receiveQueued}/${memory.receiveBufferSize}`,
    String(drops),
    String(inode),
    owner(endpoint),
    String(namespace),
  ]);
}

function line(cells: readonly string[]): string {
  return cells
    .map((cell, column) => cell.padEnd(WIDTHS[column] ?? 0))
    .join(' ')
    .trimEnd();
}

const PROTOCOL_NAMES: ReadonlyMap<number, string> = new Map(
  [
    ...['NETLINK_ROUTE', 'NETLINK_USERSOCK', 'NETLINK_SOCK_DIAG', 'NETLINK_NFLOG', 'NETLINK_XFRM'],
    ...['NETLINK_SELINUX', 'NETLINK_ISCSI', 'NETLINK_AUDIT', 'NETLINK_FIB_LOOKUP', 'NETLINK_CONNECTOR'],
    ...['NETLINK_NETFILTER', 'NETLINK_KOBJECT_UEVENT', 'NETLINK_GENERIC', 'NETLINK_SCSITRANSPORT'],
    ...['NETLINK_ECRYPTFS', 'NETLINK_RDMA', 'NETLINK_CRYPTO', 'NETLINK_SMC'],
  ].map((name) => [constants[name as keyof typeof constants], name.replace('NETLINK_', '').toLowerCase()]),
);

function protocolName(protocol: number): string {
  return PROTOCOL_NAMES.get(protocol) ?? String(protocol);
}

/** `1,3,5-9`; a dash for none. */
function groupRanges(groups: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const group of groups) {
    const last = ranges.at(-1);
    if (last?.[1] === group - 1) last[1] = group;
    else ranges.push([group, group]);
  }
  const text = ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(',');
  return text === '' ? '-' : text;
}

function owner({ portId, processes }: Endpoint): string {
  if (portId === 0) return 'kernel';
  return processes.length === 0 ? '?' : processes.map(({ pid, name }) => `${name}/${pid}`).join(',');
}
