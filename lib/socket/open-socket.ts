import { systemError } from '../errors.js';
import { native } from '../native/addon.js';
import { NETLINK_USERSOCK } from '../wire/constants.js';
import { DatagramSocket } from './datagram-socket.js';
import { NetlinkSocket } from './netlink-socket.js';
import { checkRange, U32_MAX } from './ranges.js';

const SOCK_RAW = 3;

export interface OpenSocketOptions {
  /** The netlink protocol, 0 to 31: NETLINK_ROUTE is 0, NETLINK_GENERIC 16, the bundled module's 17. */
  readonly protocol: number;
  /** The port id to bind to, 32 bits. Default: the kernel chooses one (the process id, if it is free). */
  readonly portId?: number;
  /**
   * Whose datagrams to take: `'kernel'` drops those of other processes, and counts them; `'anyone'` is for talk between
   * processes. Default: `'kernel'`, but `'anyone'` for NETLINK_USERSOCK, which has no kernel end.
   */
  readonly acceptFrom?: 'kernel' | 'anyone';
}

/**
 * Opens a netlink socket and binds it, at once.
 *
 * Throws ERR_NETLINK_INVALID_ARGUMENT; ERR_NETLINK_UNSUPPORTED where netlink cannot work; EPROTONOSUPPORT when the kernel
 * has no such protocol (its module is not loaded); EADDRINUSE when the port id is taken; EPERM, EMFILE.
 */
export function openSocket(options: OpenSocketOptions): NetlinkSocket {
  const { protocol, portId = 0 } = options;
  checkRange('openSocket: protocol', protocol, 31);
  checkRange('openSocket: portId', portId, U32_MAX);
  const addon = native();
  const handle = addon.open(SOCK_RAW, protocol);
  if (handle < 0) throw openError(-handle, protocol);
  try {
    const bound = addon.bind(handle, portId, 0);
    if (bound < 0) throw bindError(-bound, portId);
    const acceptFrom = options.acceptFrom ?? (protocol === NETLINK_USERSOCK ? 'anyone' : 'kernel');
    addon.setReceivePolicy(handle, false, acceptFrom === 'anyone');
    const address = new Uint32Array(2);
    const named = addon.localAddress(handle, address.buffer);
    if (named < 0) throw systemError('getsockname', -named);
    const own = address[0] ?? 0;
    return new NetlinkSocket((consumer) => new DatagramSocket(handle, own, consumer));
  } catch (error) {
    addon.close(handle);
    throw error;
  }
}

function openError(errno: number, protocol: number): Error {
  const error = systemError('socket', errno);
  if (error.code !== 'EPROTONOSUPPORT') return error;
  return systemError(
    'socket',
    errno,
    `no kernel module offers netlink protocol ${protocol}; load the one that does`,
  );
}

function bindError(errno: number, portId: number): Error {
  const error = systemError('bind', errno);
  if (error.code !== 'EADDRINUSE') return error;
  return systemError('bind', errno, `port id ${portId} is taken by another socket of this protocol`);
}
