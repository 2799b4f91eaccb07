// The types of all parameters and results of `afnetlink`, for programs that name them: public as `afnetlink/types`.

export type { OpenFamilyOptions } from './client/open.js';
export type { ErrnoCode, ErrnoName } from './errno.js';
export type {
  LibraryErrorCode,
  NetlinkError,
  NetlinkErrorCode,
  NetlinkErrorJson,
  NetlinkErrorOptions,
} from './errors.js';
export type {
  FamilyPolicy,
  GenericController,
  GenericFamily,
  GenericOperation,
  OpenGenericOptions,
  PolicyAttribute,
  PolicySet,
} from './generic/index.js';
export type { DatagramBatch, SenderCredentials } from './native/receive-ring.js';
export type { OverrunDiagnostics, RequestDiagnostics } from './socket/diagnostics.js';
export type { BatchResult } from './socket/engine/batch-transaction.js';
export type {
  DecodeEvent,
  SubscribeOptions,
  Subscription,
  SubscriptionItem,
} from './socket/events/subscription.js';
export type { BpfInstruction } from './socket/filter/bpf.js';
export type { FilterOptions } from './socket/filter/filter.js';
export type { Message, Sender } from './socket/messages/message.js';
export type { OutgoingMessage } from './socket/messages/outgoing-message.js';
export type { ReceiveOptions, ReceiveSyncOptions } from './socket/messages/message-receiver.js';
export type { OpenSocketOptions, SenderOptions, TraceOptions } from './socket/open-socket.js';
export type { Destination } from './socket/port/destination.js';
export type { NetworkNamespace } from './socket/port/namespace.js';
export type { SocketMemory, SocketOptions } from './socket/port/options.js';
export type { Trace, Traffic } from './socket/port/traced-port.js';
export type { Batch, BatchOptions } from './socket/requests/batch.js';
export type { Dump, DumpOptions } from './socket/requests/dump.js';
export type { Reply, RequestMessage } from './socket/requests/message-request.js';
export type { CallOptions } from './socket/requests/call-options.js';
export type { OperationCall } from './socket/requests/operation-call.js';
export type { NetlinkSocket, SocketCounters } from './socket/netlink-socket.js';
export type * from './spec/runtime/client.js';
export type { ExtraAttribute, Family } from './spec/runtime/index.js';
export type {
  AttributePolicy,
  ExtendedAck,
  MissingAttribute,
  NetlinkMessage,
  Operation,
  PolicyType,
} from './wire/index.js';
