export { NetlinkError, type LibraryErrorCode, type NetlinkErrorOptions } from './errors.js';
export * from './wire/index.js';
export type { DatagramBatch, SenderCredentials } from './native/receive-ring.js';
export { cString } from './socket/c-string.js';
export type { Message, Sender } from './socket/message.js';
export type { Destination, NetlinkSocket, OutgoingMessage, ReceiveOptions } from './socket/netlink-socket.js';
export { openSocket, type OpenSocketOptions } from './socket/open-socket.js';
