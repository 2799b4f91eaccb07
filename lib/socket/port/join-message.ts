import { NLMSG_HDRLEN } from '../../wire/constants.js';

/** Copies a message whose header and payload are in two places into one datagram. */
export function joinMessage(header: ArrayBuffer, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const datagram = new Uint8Array(NLMSG_HDRLEN + payload.length);
  datagram.set(new Uint8Array(header, 0, NLMSG_HDRLEN));
  datagram.set(payload, NLMSG_HDRLEN);
  return datagram;
}
