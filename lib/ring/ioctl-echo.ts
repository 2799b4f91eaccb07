import { systemError } from '../errors.js';
import { native } from '../native/addon.js';

/**
 * The echo of netlink_test's device by ioctl(2), to compare with netlink: the module writes the first `length` bytes of
 * `memory` back to where they are.
 *
 * @param descriptor of `/dev/netlink_test_echo`, opened for reading and writing
 * @throws {NetlinkError} EMSGSIZE and EINVAL for a length that the module does not accept, ENOTTY for another file
 */
export function echoByIoctl(descriptor: number, memory: ArrayBuffer, length = memory.byteLength): void {
  const result = native().echoByIoctl(descriptor, memory, length);
  if (result < 0) throw systemError('ioctl', -result);
}
