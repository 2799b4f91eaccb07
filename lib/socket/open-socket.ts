import { errnoName, invalidArgument, NetlinkError, systemError } from '../errors.js';
import { checkOptions, type KnownNames, namesOf } from '../known-names.js';
import { native } from '../native/addon.js';
import { NETLINK_USERSOCK } from '../wire/constants.js';
import type { DatagramConsumer, DatagramPort } from './port/datagram-port.js';
import { DatagramSocket } from './port/datagram-socket.js';
import { formatTraffic } from './port/format-traffic.js';
import { type NetworkNamespace, withNamespace } from './port/namespace.js';
import { attachFilter } from './filter/socket-filter.js';
import { type Trace, TracedPort, type Traffic } from './port/traced-port.js';
import { type MemberOptions, NetlinkSocket } from './netlink-socket.js';
import {
  expectAnyOption,
  forgetOptions,
  getOption,
  joinGroup,
  setOption,
  type SocketOptions,
} from './port/options.js';
import { checkRange, U32_MAX } from './ranges.js';

const SOCK_RAW = 3;
const SOL_SOCKET = 1;
const SO_PROTOCOL = 38;

/** Whose datagrams to take. */
export interface SenderOptions {
  /**
   * `'kernel'` drops the datagrams of other processes, and counts them; `'anyone'` is for talk between processes. Default:
   * `'kernel'`, but `'anyone'` for NETLINK_USERSOCK, which has no kernel end.
   */
  readonly acceptFrom?: 'kernel' | 'anyone';
}

/** Options that show a socket's traffic. */
export interface TraceOptions {
  /** Sees every datagram of the socket and of its subscriptions. `AFNETLINK_DEBUG=1` in the environment prints them all. */
  readonly trace?: Trace;
}

export interface OpenSocketOptions extends SenderOptions, TraceOptions {
  /** The netlink protocol, 0 to 31: NETLINK_ROUTE is 0, NETLINK_GENERIC 16, the bundled module's 17. */
  readonly protocol: number;
  /** The port id to bind to, 32 bits. Default: the kernel chooses one (the process id, if it is free). */
  readonly portId?: number;
  /** Multicast groups to join, each from 1. */
  readonly groups?: readonly number[];
  /** Socket options to set before it is bound. */
  readonly options?: Readonly<Partial<SocketOptions>>;
  /** The network namespace to open the socket in, for which CAP_SYS_ADMIN is needed. Default: the process's own. */
  readonly netns?: NetworkNamespace;
  /**
   * Gives the socket a thread of its own for its calls, so that one which the kernel holds (a contended lock, a module that
   * is loaded, a large transaction) does not hold the event loop. Calls that send or wait inside themselves are refused then.
   * A call that is held cannot be taken back: the process, or `worker.terminate()`, waits for its end. Default: false.
   */
  readonly offload?: boolean;
}

const OPTIONS: KnownNames = namesOf<OpenSocketOptions>({
  protocol: true,
  portId: true,
  groups: true,
  options: true,
  netns: true,
  offload: true,
  acceptFrom: true,
  trace: true,
});
const ADOPT_OPTIONS: KnownNames = namesOf<SenderOptions & TraceOptions>({ acceptFrom: true, trace: true });

/**
 * Opens a netlink socket and binds it, at once.
 *
 * Throws ERR_NETLINK_INVALID_ARGUMENT; ERR_NETLINK_UNSUPPORTED where netlink cannot work; EPROTONOSUPPORT when the kernel
 * has no such protocol (its module is not loaded); EADDRINUSE when the port id is taken; EPERM, EMFILE; ENOENT, ESRCH and
 * EINVAL for a network namespace that is none.
 */
export function openSocket(options: OpenSocketOptions): NetlinkSocket {
  checkOptions('openSocket', options, OPTIONS);
  const handle = openHandle(options);
  return orClose(handle, () => makeSocket(handle, options));
}

/** The handle of a new socket, bound as the options say. */
function openHandle(options: OpenSocketOptions): number {
  const { protocol, portId = 0, groups = [] } = options;
  checkRange('openSocket: protocol', protocol, 31);
  checkRange('openSocket: portId', portId, U32_MAX);
  const handle = withNamespace(options.netns, (namespace) => {
    const opened = native().open(SOCK_RAW, protocol, namespace);
    if (opened < 0) throw openError(-opened, protocol, namespace);
    return opened;
  });
  return orClose(handle, () => {
    for (const [name, value] of Object.entries(options.options ?? {})) {
      setOption(handle, name as keyof SocketOptions, value);
    }
    bind(handle, portId);
    for (const group of groups) joinGroup(handle, group);
    return handle;
  });
}

/**
 * Takes over a netlink descriptor that another program or library opened; it is closed with the socket. It is made
 * non-blocking, and bound if it was not.
 *
 * Subscriptions made with it are in the process's own network namespace, whichever the descriptor is of.
 *
 * Throws EBADF and EAFNOSUPPORT when it is not a netlink socket; the caller then keeps it.
 */
export function adoptSocket(descriptor: number, options: SenderOptions & TraceOptions = {}): NetlinkSocket {
  checkRange('adoptSocket: descriptor', descriptor, 0x7fffffff);
  checkOptions('adoptSocket', options, ADOPT_OPTIONS);
  const handle = native().adopt(descriptor);
  if (handle < 0) {
    const foreign = errnoName(-handle) === 'EAFNOSUPPORT' || errnoName(-handle) === 'ENOTSOCK';
    const reason = `descriptor ${descriptor}${foreign ? ' is not a netlink socket' : ''}`;
    throw systemError('adoptSocket', -handle, reason);
  }
  expectAnyOption(handle);
  const protocol = new Int32Array(1);
  native().getOption(handle, SOL_SOCKET, SO_PROTOCOL, protocol.buffer);
  try {
    const address = new Uint32Array(2);
    native().localAddress(handle, address.buffer);
    if (address[0] === 0) bind(handle, 0);
    return makeSocket(handle, { ...options, protocol: protocol[0] ?? 0 });
  } catch (error) {
    forgetOptions(handle);
    native().release(handle);
    throw error;
  }
}

function makeSocket(handle: number, options: OpenSocketOptions): NetlinkSocket {
  const { protocol, acceptFrom = protocol === NETLINK_USERSOCK ? 'anyone' : 'kernel' } = options;
  if (!['kernel', 'anyone'].includes(acceptFrom)) {
    throw invalidArgument(`acceptFrom is '${acceptFrom}'; it must be 'kernel' or 'anyone'`);
  }
  const anyPort = acceptFrom === 'anyone';
  return new NetlinkSocket({
    protocol,
    anyPort,
    open: (consumer) => makePort(handle, anyPort, consumer, options),
    prepare: () => prepareForRequests(handle, options.options ?? {}),
    openMember: (groups, member, consumer) => {
      const other = openHandle({ ...options, portId: 0, groups: [], options: memberOptions(groups, member) });
      return orClose(other, () => {
        // Before it is a member: nothing that the filter drops comes in.
        if (member.program !== undefined) attachFilter(other, member.program, true);
        for (const group of groups) joinGroup(other, group);
        // It only receives multicasts, which never holds a thread.
        return makePort(other, anyPort, consumer, { ...options, offload: false });
      });
    },
  });
}

function makePort(
  handle: number,
  acceptForeign: boolean,
  consumer: DatagramConsumer,
  { protocol, trace, offload = false }: OpenSocketOptions,
): DatagramPort {
  const port = new DatagramSocket(handle, consumer, { acceptForeign, offload });
  const printing = process.env['AFNETLINK_DEBUG'] === '1' ? printTraffic : undefined;
  const traces = [trace, printing].filter((one) => one !== undefined);
  return traces.reduce<DatagramPort>((inner, one) => new TracedPort(inner, protocol, one), port);
}

function printTraffic(traffic: Traffic): void {
  process.stderr.write(`${formatTraffic(traffic)}\n`);
}

function memberOptions(groups: readonly number[], member: MemberOptions): Partial<SocketOptions> {
  const { receiveBufferSize, allNamespaces = false } = member;
  return {
    ...(receiveBufferSize === undefined ? {} : { receiveBufferSize }),
    ...(allNamespaces ? { listenAllNamespaces: true } : {}),
    // The sender's address has a mask of 32 bits for the group.
    ...(groups.some((group) => group > 32) ? { packetInfo: true } : {}),
  };
}

const REQUEST_OPTIONS = ['cappedAcknowledgements', 'extendedAcknowledgements', 'strictChecking'] as const;
/** Room for the answers to what one tick sends together; memory is taken only where answers wait. */
const REQUEST_RECEIVE_BUFFER = 1 << 20;

/** Sets what requests rely on, where the caller did not choose and the kernel has it. Returns the receive buffer's size. */
function prepareForRequests(handle: number, chosen: Readonly<Partial<SocketOptions>>): number {
  for (const name of REQUEST_OPTIONS) {
    if (chosen[name] === undefined) setWhereKnown(handle, name);
  }
  if (chosen.receiveBufferSize === undefined) setOption(handle, 'receiveBufferSize', REQUEST_RECEIVE_BUFFER);
  return getOption(handle, 'receiveBufferSize');
}

/** An older kernel lacks some, and answers without them. */
function setWhereKnown(handle: number, name: (typeof REQUEST_OPTIONS)[number]): void {
  try {
    setOption(handle, name, true);
  } catch (error) {
    if (!(error instanceof NetlinkError && error.code === 'ENOPROTOOPT')) throw error;
  }
}

function orClose<Result>(handle: number, use: () => Result): Result {
  try {
    return use();
  } catch (error) {
    forgetOptions(handle);
    native().close(handle);
    throw error;
  }
}

function bind(handle: number, portId: number): void {
  const result = native().bind(handle, portId, 0);
  if (result >= 0) return;
  const taken = errnoName(-result) === 'EADDRINUSE';
  throw systemError(
    'bind',
    -result,
    taken ? `port id ${portId} is taken by another socket of this protocol` : undefined,
  );
}

function openError(errno: number, protocol: number, namespace: number): Error {
  const reasons: Readonly<Record<string, string>> = {
    EPROTONOSUPPORT: `no kernel module offers netlink protocol ${protocol}; load the one that does`,
    ...(namespace < 0
      ? {}
      : {
          EINVAL: 'netns is not a network namespace',
          EPERM: 'entering another network namespace needs CAP_SYS_ADMIN',
        }),
  };
  return systemError('socket', errno, reasons[errnoName(errno)]);
}
