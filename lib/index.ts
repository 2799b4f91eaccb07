// The entry point of the package. The types of parameters and results are in types.ts, public as `afnetlink/types`.

export { NetlinkError } from './errors.js';
export { openFamily } from './client/open.js';
export { openGeneric } from './generic/index.js';
export { fromJson, jsonReplacer, toJson } from './json.js';
export { adoptSocket, openSocket } from './socket/open-socket.js';
export { formatTraffic } from './socket/port/format-traffic.js';
export type {
  Batch,
  CallOptions,
  Dump,
  DynamicClient,
  ExtendedAck,
  Family,
  FamilyClient,
  GenericController,
  Message,
  NetlinkErrorCode,
  NetlinkSocket,
  OpenFamilyOptions,
  OpenSocketOptions,
  Reply,
  RequestMessage,
  Subscription,
} from './types.js';
