import type { NetlinkDiagMessage } from '../families/sock_diag.js';

/** A bound netlink socket of a process or of the kernel. */
export interface Endpoint {
  /** The netlink protocol: 0 for NETLINK_ROUTE, 16 for NETLINK_GENERIC, … */
  readonly protocol: number;
  /** Its address; 0 is the kernel's. */
  readonly portId: number;
  /** Multicast groups that it has joined, from 1 on. */
  readonly groups: readonly number[];
  /** The destination set by connect(2); absent on a socket that is not connected. */
  readonly destination?: EndpointDestination;
  /** `connected` if the socket has a fixed destination. */
  readonly state: 'connected' | 'unconnected';
  /** The socket's type: `raw` or `dgram`, or its number. */
  readonly type: string | number;
  /** Bytes as the kernel counts them, including its own overhead. */
  readonly memory: EndpointMemory;
  /** How many messages did not fit into the receive buffer since the socket was opened. */
  readonly drops: number;
  /** The flags NDIAG_FLAG_* without their prefix: `cb-running` while a dump goes on, `no-enobufs`, … */
  readonly flags: readonly (string | number)[];
  /** The number in `socket:[…]`, as in /proc/PID/fd. */
  readonly inode: number;
  /** Identifies this socket among all sockets since the machine started. */
  readonly cookie: bigint;
  /** The network namespace: the number in `net:[…]`, as in /proc/PID/ns/net. */
  readonly namespace: number;
  /**
   * The processes that have it open. Empty for the kernel's own sockets, if we may not inspect the process
   * (CAP_SYS_PTRACE), or while the socket is only in transit between processes.
   */
  readonly processes: readonly EndpointProcess[];
}

/** Where a connected socket sends to. */
export interface EndpointDestination {
  /** The port id; 0 is the kernel. */
  readonly portId: number;
  /** The lowest multicast group; 0 for none. */
  readonly group: number;
}

/** A socket's memory, in bytes. */
export interface EndpointMemory {
  /** Queued for receiving. */
  readonly receiveQueued: number;
  /** Limit of what may be queued for receiving. */
  readonly receiveBufferSize: number;
  /** Queued for sending. */
  readonly sendQueued: number;
  /** Limit of what may be queued for sending. */
  readonly sendBufferSize: number;
}

/** A process that holds the socket. */
export interface EndpointProcess {
  /** Its process id. */
  readonly pid: number;
  /** Its name, at most 15 bytes (/proc/PID/comm). */
  readonly name: string;
}

/** An endpoint before its processes are known. */
export type UnownedEndpoint = Omit<Endpoint, 'processes'>;

/** Reads the kernel's description of one socket. */
export function endpointOf(message: NetlinkDiagMessage, namespace: number): UnownedEndpoint {
  const { meminfo, groups = [], flags = [], ndiagCookie } = message;
  const isConnected = message.ndiagState === 'connected';
  const [low = 0, high = 0] = ndiagCookie;
  return {
    protocol: message.ndiagProtocol,
    portId: message.ndiagPortid,
    groups: groups.flatMap(groupsOfWord),
    ...(isConnected && {
      destination: { portId: message.ndiagDstPortid, group: message.ndiagDstGroup },
    }),
    state: isConnected ? 'connected' : 'unconnected',
    type: message.ndiagType,
    memory: {
      receiveQueued: meminfo?.rmemAlloc ?? 0,
      receiveBufferSize: meminfo?.rcvbuf ?? 0,
      sendQueued: meminfo?.wmemAlloc ?? 0,
      sendBufferSize: meminfo?.sndbuf ?? 0,
    },
    drops: meminfo?.drops ?? 0,
    flags,
    inode: message.ndiagIno,
    cookie: (BigInt(high) << 32n) | BigInt(low),
    namespace,
  };
}

/** The groups of one word of the bitmap, the lowest of which is group 1. */
function groupsOfWord(word: number, index: number): number[] {
  return Array.from({ length: 32 }, (_, bit) => bit)
    .filter((bit) => ((word >>> bit) & 1) === 1)
    .map((bit) => index * 32 + bit + 1);
}
