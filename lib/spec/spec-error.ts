import { NetlinkError } from '../errors.js';

/** Where in a spec something stands: the file, and the way to it from the top. */
export interface SpecPlace {
  readonly file: string;
  readonly path: string;
}

/** The error for a spec that cannot be used: `rt-link.yaml: attribute-sets[link-attrs].attributes[mtu].type: …`. */
export function specError(place: SpecPlace, reason: string): NetlinkError {
  const path = place.path === '' ? '' : ` ${place.path}:`;
  return new NetlinkError(`${place.file}:${path} ${reason}`, { code: 'ERR_NETLINK_INVALID_SPEC' });
}
