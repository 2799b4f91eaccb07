/** Whether this machine stores the low byte first; netlink headers and most attributes are in host order. */
export const LITTLE_ENDIAN_HOST = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** Rounds a length up to the four bytes on which netlink messages and attributes are aligned (NLMSG_ALIGN, NLA_ALIGN). */
export function align4(length: number): number {
  return (length + 3) & ~3;
}
