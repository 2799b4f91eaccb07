import { NetlinkError } from '../errors.js';

/** A place in a spec: the file, and the path from the top. */
export interface SpecPlace {
  readonly file: string;
  readonly path: string;
}

/** The error for an unusable spec: `rt-link.yaml: attribute-sets[link-attrs].attributes[mtu].type: …`. */
export function specError(place: SpecPlace, reason: string): NetlinkError {
  const path = place.path === '' ? '' : ` ${place.path}:`;
  return new NetlinkError(`${place.file}:${path} ${reason}`, { code: 'ERR_NETLINK_INVALID_SPEC' });
}
