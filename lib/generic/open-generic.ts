import { openSocket, type OpenSocketOptions } from '../socket/open-socket.js';
import { NETLINK_GENERIC } from '../wire/constants.js';
import { GenericController } from './controller.js';

export type OpenGenericOptions = Omit<OpenSocketOptions, 'protocol' | 'acceptFrom'>;

/** A controller with a socket of its own. */
export class OwningController extends GenericController implements Disposable, AsyncDisposable {
  override close(): void {
    super.close();
    this.socket.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }
}

/** Opens a NETLINK_GENERIC socket and the controller on it, which closes it when it is closed. Throws what `openSocket` throws. */
export function openGeneric(options: OpenGenericOptions = {}): OwningController {
  return new OwningController(openSocket({ ...options, protocol: NETLINK_GENERIC }));
}
