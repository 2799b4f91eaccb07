import { invalidArgument } from '../errors.js';

/** The largest value of an unsigned 32-bit word: port ids, sequence numbers. */
export const U32_MAX = 0xffffffff;
/** The largest value of an unsigned 16-bit word: types, flags. */
export const U16_MAX = 0xffff;

/** Throws ERR_NETLINK_INVALID_ARGUMENT unless `value` is a whole number, 0 to `maximum`. */
export function checkRange(what: string, value: number, maximum: number): void {
  if (Number.isInteger(value) && value >= 0 && value <= maximum) return;
  throw invalidArgument(`${what} is ${String(value)}; it must be a whole number, 0 to ${maximum}`);
}
