import { invalidArgument } from '../errors.js';
import { openSocket, type OpenSocketOptions } from '../socket/open-socket.js';
import type { TransactionSocket } from '../socket/transaction-socket.js';
import { NETLINK_GENERIC } from '../wire/constants.js';
import { GenericController } from './controller.js';

export type OpenGenericOptions = Omit<OpenSocketOptions, 'protocol' | 'acceptFrom' | 'groups'> & {
  /** A NETLINK_GENERIC socket to use; the caller closes it. Default: a new one, closed with the controller. */
  readonly socket?: TransactionSocket;
};

/** Opens the Generic Netlink controller. Throws what `openSocket` throws. */
export function openGeneric(options: OpenGenericOptions = {}): GenericController {
  const { socket, ...socketOptions } = options;
  if (socket === undefined) {
    return new GenericController(openSocket({ ...socketOptions, protocol: NETLINK_GENERIC }), true);
  }
  if (socket.protocol === NETLINK_GENERIC) return new GenericController(socket, false);
  throw invalidArgument(
    `openGeneric: the socket has protocol ${socket.protocol}, but Generic Netlink is protocol ${NETLINK_GENERIC}`,
  );
}
