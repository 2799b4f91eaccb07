import { invalidArgument } from '../errors.js';

const encoder = new TextEncoder();

/** `text` as C programs send it: UTF-8 followed by a NUL. Throws ERR_NETLINK_INVALID_ARGUMENT if the text contains a NUL. */
export function cString(text: string): Uint8Array {
  if (text.includes('\0')) {
    throw invalidArgument('cString: the text must not contain a NUL character, at which C would end it');
  }
  return encoder.encode(`${text}\0`);
}
