import { NetlinkError } from '../errors.js';
import { checkOptions, type KnownNames, namesOf } from '../known-names.js';
import { openFamily } from '../client/open.js';
import { sockDiagFamily } from '../families/sock_diag.js';
import { openSocket } from '../socket/open-socket.js';
import { NETLINK_SOCK_DIAG } from '../wire/constants.js';
import { type Endpoint, endpointOf, type UnownedEndpoint } from './endpoint.js';
import { allNamespaces, type FoundNamespace, ownNamespace } from './namespaces.js';
import { processesByInode } from './processes.js';

/** Options of `listEndpoints`. */
export interface EndpointOptions {
  /** Whether to list all network namespaces that can be found. Entering another one needs CAP_SYS_ADMIN. */
  readonly allNamespaces?: boolean;
  /** Called for each other namespace that could not be entered, with the reason. Without it, that is an error. */
  readonly onUnreadable?: (namespace: number, error: NetlinkError) => void;
}

const OPTIONS: KnownNames = namesOf<EndpointOptions>({ allNamespaces: true, onUnreadable: true });

/**
 * The bound netlink sockets of this network namespace, of processes and of the kernel, ordered by protocol
 * and port id. The socket used for the query is left out.
 *
 * @throws {NetlinkError} ENOENT if the kernel has no netlink_diag (CONFIG_NETLINK_DIAG), EPERM for another namespace
 */
export async function listEndpoints(options: EndpointOptions = {}): Promise<Endpoint[]> {
  checkOptions('listEndpoints', options, OPTIONS);
  return withProcesses(await readEndpoints(options));
}

/** The endpoints of all requested namespaces. */
export async function readEndpoints({
  allNamespaces: all = false,
  onUnreadable,
}: EndpointOptions): Promise<UnownedEndpoint[]> {
  const own = await ownNamespace();
  const endpoints: UnownedEndpoint[] = [];
  for (const namespace of all ? await allNamespaces() : [own]) {
    try {
      endpoints.push(...(await endpointsOf(namespace, own)));
    } catch (error) {
      if (!(error instanceof NetlinkError) || namespace.id === own.id) throw error;
      // The namespace ended with its last process.
      if (error.code === 'ENOENT' && error.syscall === 'open') continue;
      if (onUnreadable === undefined) throw error;
      onUnreadable(namespace.id, error);
    }
  }
  return endpoints;
}

/** Adds the processes of each endpoint. */
export async function withProcesses(endpoints: readonly UnownedEndpoint[]): Promise<Endpoint[]> {
  const inodes = endpoints.filter(({ portId }) => portId !== 0).map(({ inode }) => inode);
  const processes = await processesByInode(new Set(inodes));
  return endpoints.map((endpoint) => ({ ...endpoint, processes: processes.get(endpoint.inode) ?? [] }));
}

async function endpointsOf(namespace: FoundNamespace, own: FoundNamespace): Promise<UnownedEndpoint[]> {
  using socket = openSocket({
    protocol: NETLINK_SOCK_DIAG,
    ...(namespace.id !== own.id && { netns: namespace.path }),
  });
  const client = await openFamily(sockDiagFamily, { socket });
  const messages = await client.dump.netlink({ ndiagShow: ['meminfo', 'groups', 'flags'] }).toArray();
  // The kernel walks its table of sockets and its table of group members, and a socket can be in both.
  const endpoints = new Map<bigint, UnownedEndpoint>();
  for (const message of messages) {
    const endpoint = endpointOf(message, namespace.id);
    const isOurs = endpoint.protocol === NETLINK_SOCK_DIAG && endpoint.portId === socket.portId;
    if (!isOurs) endpoints.set(endpoint.cookie, endpoint);
  }
  return [...endpoints.values()].sort(
    (one, other) => one.protocol - other.protocol || one.portId - other.portId,
  );
}
