import { checkOptions, type KnownNames, namesOf } from '../known-names.js';
import { openSocket, type OpenSocketOptions } from '../socket/open-socket.js';
import { checkSharedSocket } from '../socket/shared-socket.js';
import type { NetlinkSocket } from '../socket/netlink-socket.js';
import { NETLINK_GENERIC } from '../wire/constants.js';
import { GenericController } from './controller.js';
import { CONTROLLER } from './numbers.js';

/** Options of `openGeneric`. */
export type OpenGenericOptions = Omit<OpenSocketOptions, 'protocol' | 'acceptFrom' | 'groups'> & {
  /** A NETLINK_GENERIC socket to use; the caller closes it. Default: a new one, closed with the controller. */
  readonly socket?: NetlinkSocket;
};

const OPTIONS: KnownNames = namesOf<OpenGenericOptions>({
  socket: true,
  portId: true,
  options: true,
  netns: true,
  offload: true,
  trace: true,
});

/** Opens the Generic Netlink controller. Throws what `openSocket` throws. */
export function openGeneric(options: OpenGenericOptions = {}): GenericController {
  checkOptions('openGeneric', options, OPTIONS);
  const { socket, ...socketOptions } = options;
  if (socket === undefined) {
    return new GenericController(openSocket({ ...socketOptions, protocol: NETLINK_GENERIC }), true);
  }
  checkSharedSocket('openGeneric', CONTROLLER, NETLINK_GENERIC, socket, socketOptions);
  return new GenericController(socket, false);
}
