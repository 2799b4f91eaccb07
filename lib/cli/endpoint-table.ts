import type { Endpoint } from '../endpoints/index.js';
import * as constants from '../wire/index.js';
import { type Column, tableLines } from './table.js';

/** Minimum widths, which align lines that are printed one by one. */
const columns: readonly Column[] = [
  { heading: 'PROTOCOL', least: 14 },
  { heading: 'PORT ID', least: 10 },
  { heading: 'GROUPS', least: 12, canShrink: true },
  { heading: 'DESTINATION', least: 11 },
  { heading: 'STATE', least: 11 },
  { heading: 'MEMORY', least: 16 },
  { heading: 'DROPS', least: 5 },
  { heading: 'INODE', least: 10 },
  { heading: 'PROCESS', least: 24, canShrink: true },
  { heading: 'NAMESPACE', least: 10 },
];

/** What `nlctl endpoints` prints. */
export function endpointTable(endpoints: readonly Endpoint[]): string[] {
  return tableLines(columns, endpoints.map(cells));
}

/** What `nlctl endpoints --watch` prints: a mark before each line. */
export function markedLine(mark: string, endpoint?: Endpoint): string {
  const rows = endpoint === undefined ? [] : [[mark, ...cells(endpoint)]];
  return tableLines([{ heading: mark }, ...columns], rows, { headings: endpoint === undefined }).join('\n');
}

function cells(endpoint: Endpoint): readonly string[] {
  const { protocol, portId, groups, destination, state, memory, drops, inode, namespace } = endpoint;
  return [
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
  ];
}

const protocols = [
  ...(['NETLINK_ROUTE', 'NETLINK_USERSOCK', 'NETLINK_SOCK_DIAG', 'NETLINK_NFLOG', 'NETLINK_XFRM'] as const),
  ...(['NETLINK_SELINUX', 'NETLINK_ISCSI', 'NETLINK_AUDIT', 'NETLINK_FIB_LOOKUP'] as const),
  ...(['NETLINK_CONNECTOR', 'NETLINK_NETFILTER', 'NETLINK_KOBJECT_UEVENT', 'NETLINK_GENERIC'] as const),
  ...(['NETLINK_SCSITRANSPORT', 'NETLINK_ECRYPTFS', 'NETLINK_RDMA', 'NETLINK_CRYPTO'] as const),
  'NETLINK_SMC' as const,
];
const PROTOCOL_NAMES: ReadonlyMap<number, string> = new Map(
  protocols.map((name) => [constants[name], name.replace('NETLINK_', '').toLowerCase()]),
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
