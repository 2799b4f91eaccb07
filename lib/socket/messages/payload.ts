import { invalidArgument, NetlinkError } from '../../errors.js';
import { type Bytes, bytesOf } from '../../wire/bytes.js';

/** The bytes of memory that a caller passed as `what`. Throws ERR_NETLINK_INVALID_ARGUMENT for anything else. */
export function checkBytes(what: string, memory: Bytes): Uint8Array {
  if (memory instanceof Uint8Array) return memory;
  try {
    return bytesOf(memory);
  } catch (error) {
    throw error instanceof NetlinkError ? invalidArgument(`${what} ${error.message}`) : error;
  }
}
