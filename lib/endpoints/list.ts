import { NetlinkError } from '../errors.js';
import { checkOptions, type KnownNames, namesOf } from '../known-names.js';
import { openFamily } from '../client/open.js';
import { sockDiagFamily } from '../families/sock_diag.js';
import { openSocket } from '../socket/open-socket.js';
import { NETLINK_SOCK_DIAG } from '../wire/constants.js';
import { type Endpoint, endpointOf, type UnownedEndpoint } from './endpoint.js';
import { allNamespaces, type FoundNamespace, ownNamespace } from './namespaces.js';
import { processesByInode } from './processes.js';

export interface EndpointOptions {
  /** Whether to look in every network namespace that can be found, too. Entering another one needs CAP_SYS_ADMIN. */
  readonly allNamespaces?: boolean;
  /** Told of each other namespace that could not be looked into, and why. Without it, that is an error. */
  readonly onUnreadable?: (namespace: number, error: NetlinkError) => void;
}

const OPTIONS: KnownNames = namesOf<EndpointOptions>({ allNamespaces: true, onUnreadable: true });

/**
 * The netlink sockets of this network namespace that are bound, of processes and of the kernel, in the order of protocol
 * and port id. The socket that asks is left out.
 *
 * @throws {NetlinkError} ENOENT where the kernel has no netlink_diag (CONFIG_NETLINK_DIAG), EPERM of another namespace
 */
export async function listEndpoints(options: EndpointOptions = {}): Promise<Endpoint[]> {
  checkOptions('listEndpoints', options, OPTIONS);
  return withProcesses(await readEndpoints(options));
}

/** The endpoints of all namespaces that are asked for. */
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
      // It went with its last process.
      if (error.code === 'ENOENT' && error.syscall === 'open') continue;
      if (onUnreadable === undefined) throw error;
      onUnreadable(namespace.id, error);
    }
  }
  return endpoints;
}

/** Adds whose the endpoints are. */
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
  // The kernel goes through its table of sockets and through that of group members: a socket can be in both.
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
