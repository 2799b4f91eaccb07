import type { ExtendedAck } from '../../wire/extended-ack.js';

// The types of the client that `openFamily` returns. Generated modules describe their operations with them.

/** Options of every call. */
export interface FamilyCallOptions {
  /** Cancels the call; its promise is rejected with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds to wait for an answer; `Infinity` waits forever. Default: the socket's `requestTimeout`. */
  readonly timeout?: number | undefined;
  /** Reject data that the specification does not know with `ERR_NETLINK_MALFORMED`, instead of keeping it in `extra`. */
  readonly strict?: boolean | undefined;
  /** Further NLM_F_* bits. */
  readonly flags?: number | undefined;
}

/** Whether a request creates, replaces or adds (NLM_F_* of linux/netlink.h). */
export interface FamilyDoOptions extends FamilyCallOptions {
  /** Create the object if it does not exist (NLM_F_CREATE). */
  readonly create?: boolean | undefined;
  /** Fail if the object exists (NLM_F_EXCL). */
  readonly exclusive?: boolean | undefined;
  /** Replace the existing object (NLM_F_REPLACE). */
  readonly replace?: boolean | undefined;
  /** Add to the end of the existing list (NLM_F_APPEND). */
  readonly append?: boolean | undefined;
  /** Request the created object as a reply (NLM_F_ECHO). */
  readonly echo?: boolean | undefined;
}

export interface FamilyDumpOptions extends FamilyCallOptions {
  /**
   * How often to restart a dump that the kernel marks as inconsistent (NLM_F_DUMP_INTR: something changed while it ran).
   * Default: 5. If the last restart is inconsistent too, the dump ends with ERR_NETLINK_DUMP_INTERRUPTED after its data.
   */
  readonly restarts?: number;
  /** For loops over a dump: called when the dump restarts. Discard the items received before. */
  readonly onRestart?: (restart: number) => void;
}

/** A dump. Read it once, as an array, item by item, or batch by batch; the request is sent when reading begins. */
export interface FamilyDump<Message> extends AsyncIterable<Message> {
  /** How often it was restarted because something changed while it ran. */
  readonly restarts: number;
  /** What the kernel reported at the end: a warning, for example that not everything could be read. */
  readonly extack: ExtendedAck | undefined;
  /** All messages. */
  toArray(): Promise<Message[]>;
  /** All messages; blocks the thread until they have arrived. */
  toArraySync(): Message[];
  /** The messages as they arrive, many at a time. */
  batches(): AsyncIterableIterator<Message[]>;
}

/** A request that the kernel answers with data. */
export interface GetOperation<Request, Reply> {
  /** With only some properties; the others are skipped, not decoded. */
  <Key extends keyof Reply & string>(
    request: Request | undefined,
    options: FamilyDoOptions & { readonly select: readonly Key[] },
  ): Promise<Pick<Reply, Key>>;
  (request?: Request, options?: FamilyDoOptions): Promise<Reply>;
}

/** {@link GetOperation} that blocks the thread until the answer has arrived. */
export interface BlockingGetOperation<Request, Reply> {
  <Key extends keyof Reply & string>(
    request: Request | undefined,
    options: FamilyDoOptions & { readonly select: readonly Key[] },
  ): Pick<Reply, Key>;
  (request?: Request, options?: FamilyDoOptions): Reply;
}

/** A request that the kernel acknowledges; with the option `echo`, some return the object that they created. */
export interface ActOperation<Request, Message> {
  (
    request: Request | undefined,
    options: FamilyDoOptions & { readonly echo: true },
  ): Promise<Message | undefined>;
  (request?: Request, options?: FamilyDoOptions): Promise<void>;
}

/** A request that the kernel answers with any number of messages. */
export interface DumpOperation<Request, Reply, Columns = object> {
  /** With only some properties; the others are skipped, not decoded. */
  <Key extends keyof Reply & string>(
    request: Request | undefined,
    options: FamilyDumpOptions & { readonly select: readonly Key[] },
  ): FamilyDump<Pick<Reply, Key>>;
  /** A typed array for each property: the fastest way to read a million of them. */
  <Key extends keyof Columns & string>(
    request: Request | undefined,
    options: FamilyDumpOptions & { readonly columns: readonly Key[] },
  ): Promise<ColumnsOf<Columns, Key>>;
  (request?: Request, options?: FamilyDumpOptions): FamilyDump<Reply>;
}

/** The same operations, which block the thread until the answer has arrived. */
export type Blocking<Operations> = {
  readonly [Name in keyof Operations]: Operations[Name] extends GetOperation<infer Request, infer Reply>
    ? BlockingGetOperation<Request, Reply>
    : Operations[Name] extends (request?: infer Request, options?: FamilyDoOptions) => Promise<infer Reply>
      ? (request?: Request, options?: FamilyDoOptions) => Reply
      : never;
};

/** A dump as columns. */
export interface ColumnsOf<Columns, Key extends keyof Columns> {
  /** How many messages there were: the length of each column. */
  readonly length: number;
  /** The selected columns by their property, one entry per row. */
  readonly columns: Pick<Columns, Key>;
  /** Whether the message of that row had the property; if not, its column holds 0 or undefined there. */
  readonly has: (key: Key, row: number) => boolean;
}

/** A column of addresses: bytes in one piece of memory, and text on request. */
export interface AddressColumn {
  /** Number of rows. */
  readonly length: number;
  /** Bytes per row: the length of the longest address. */
  readonly stride: number;
  /** All rows, `stride` bytes each; shorter addresses are followed by zeros. */
  readonly bytes: Uint8Array;
  /** The address of a row as text; undefined if the message had none. */
  at(row: number): string | undefined;
}

/** What the kernel sent to a multicast group. */
export interface NotificationOf<Name extends string, Message> {
  /** The notification's name in the specification. */
  readonly name: Name;
  /** The decoded message. */
  readonly message: Message;
  /** nlmsg_flags, which say for example whether the object was created or replaced. */
  readonly flags: number;
  /** nlmsg_seq and nlmsg_pid of the request that caused it, if the kernel passes them on. */
  readonly sequence: number;
  /** nlmsg_pid: the port whose request caused the event; 0 where the kernel acted by itself. */
  readonly portId: number;
}

/** A message of a type that the specification does not have. */
export interface UnknownNotification {
  /** Always `'unknown'`: no notification of the family's specification has this message type. */
  readonly name: 'unknown';
  /** Message type, or command of Generic Netlink. */
  readonly type: number;
  /** What follows the netlink headers. */
  readonly payload: Uint8Array;
  /** nlmsg_flags. */
  readonly flags: number;
  /** nlmsg_seq. */
  readonly sequence: number;
  /** nlmsg_pid: the port whose request caused the event; 0 where the kernel acted by itself. */
  readonly portId: number;
}

/** An item of a subscription: an event, or the notice that some were lost. */
export type FamilySubscriptionItem<Event> =
  | { readonly kind: 'event'; readonly event: Event }
  /**
   * The receive buffer was full, and the kernel dropped events before this item. A program that keeps a state must list it
   * again. Later changes arrive as events again.
   */
  | { readonly kind: 'overrun' }
  /** Bytes that are not a netlink message, or a message that cannot be decoded. */
  | { readonly kind: 'malformed'; readonly bytes: Uint8Array };

/** Events of multicast groups, on a socket of its own. Leaving a loop over it closes it. */
export interface FamilySubscription<Event>
  extends AsyncIterableIterator<FamilySubscriptionItem<Event>>, Disposable {
  /** How often the kernel has dropped events so far. */
  readonly overruns: number;
  /** Whether the subscription has been closed, or has failed. */
  readonly closed: boolean;
  /** Calls `callback` with each item as it is received: the fastest way, but without back-pressure. */
  forEach(callback: (item: FamilySubscriptionItem<Event>) => void): Promise<void>;
  /** Keeps the process alive while the program waits for events. This is the initial state. */
  ref(): this;
  /** Lets the process end although the subscription is open. */
  unref(): this;
  /** Leaves the groups and closes the socket; loops end. */
  close(): void;
}

/** Options of a family client's `subscribe`. */
export interface FamilySubscribeOptions<Event, Group extends string> {
  /** Multicast groups to join. Default: all of the family. */
  readonly groups?: readonly Group[];
  /** Ends the subscription: a loop over it throws the signal's reason. */
  readonly signal?: AbortSignal;
  /** Which events to deliver. */
  readonly filter?: (event: Event) => boolean;
  /** How many events to buffer for a slow consumer; further ones wait in the kernel while they fit there. Default: 1024. */
  readonly capacity?: number;
  /**
   * Bytes of the receive buffer, which holds a burst of events (SO_RCVBUF, forced if allowed). Default: the system's.
   * From 1 MiB on, the events of a burst may be delivered up to 1 ms later, many at once, which costs less.
   */
  readonly receiveBufferSize?: number;
  /** Also receive the events of every other network namespace that has an id here. Needs CAP_NET_BROADCAST. */
  readonly allNamespaces?: boolean;
  /** Deliver messages with data that the specification does not know as malformed, instead of keeping the data in `extra`. */
  readonly strict?: boolean;
}

/** Properties that any of these notifications' messages have. */
export type NotificationKey<Notification> = Notification extends { readonly message: infer Message }
  ? keyof Message & string
  : never;

/** Notifications whose messages have these properties only. */
export type SelectedNotification<Notification, Key extends string> =
  Notification extends NotificationOf<infer Name, infer Message>
    ? NotificationOf<Name, Pick<Message, Key & keyof Message>>
    : Notification;

/** Options of a family client's `batch`. */
export interface FamilyBatchOptions {
  /** Ends the wait: the promise is rejected with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds to wait for all results. Default: the socket's request timeout. */
  readonly timeout?: number | undefined;
  /** Send one request at a time, and stop at the first that fails. Default: false, all are sent together and each is carried out. */
  readonly stopOnError?: boolean;
  /** Which messages request an acknowledgement. `'last'` is faster, and errors of the others are still reported. */
  readonly acknowledge?: 'each' | 'last';
  /** Makes the batch a netfilter transaction of this subsystem: all of it takes effect or nothing. */
  readonly transaction?: { readonly subsystem: number; readonly generation?: number };
}

/** The result of a message of a batch. */
export type FamilyBatchResult<Reply> =
  | {
      readonly status: 'done';
      /** The reply to a request that reads, or the object created by a request with the option `echo`. */
      readonly replies: readonly Reply[];
      /** What the kernel added to its acknowledgement: a warning, a cookie. */
      readonly extack?: ExtendedAck | undefined;
    }
  | { readonly status: 'failed'; readonly error: unknown }
  /** Not sent, because an earlier one failed or the signal was aborted first. */
  | { readonly status: 'skipped' }
  /** Rolled back with the rest of its transaction. */
  | { readonly status: 'undone' };

/** The reply of any of a family's operations. */
export type BatchedReply<Operations> = {
  [Name in keyof Operations]: Operations[Name] extends ActOperation<never, infer Message>
    ? Message
    : Operations[Name] extends GetOperation<never, infer Reply>
      ? Reply
      : never;
}[keyof Operations];

/** Properties that any of these replies have. */
export type ReplyKey<Reply> = Reply extends unknown ? keyof Reply & string : never;

/** Replies that have these properties only. */
export type SelectedReply<Reply, Key extends string> = Reply extends unknown
  ? Pick<Reply, Key & keyof Reply>
  : never;

/** Many requests in one `sendmsg`, with a result for each in the order in which they were added. */
export interface FamilyBatch<Operations, Reply = BatchedReply<Operations>> {
  /** How many were added. */
  readonly length: number;
  /** Adds a request. The batch's results come in the order of the calls. Throws a TypeError or RangeError if the request has a wrong value. */
  add<Name extends keyof Operations>(
    operation: Name,
    request: Operations[Name] extends (request?: infer Request, options?: FamilyDoOptions) => unknown
      ? Request
      : never,
    options?: Omit<FamilyDoOptions, 'signal' | 'timeout' | 'strict'>,
  ): this;
  /** Sends everything added, and resolves with a result per message. A refused message does not reject the promise. */
  send(): Promise<FamilyBatchResult<Reply>[]>;
  /** Like `send`, without the event loop: blocks until the last message is answered. */
  sendSync(): FamilyBatchResult<Reply>[];
}

/** The client that `openFamily` returns. */
export interface FamilyClient<Do, Dumps, Notification = never, Group extends string = never> {
  /** Requests with one answer. */
  readonly do: Do;
  /** The same requests, which block the thread until the answer has arrived. */
  readonly doSync: Blocking<Do>;
  /** Requests with any number of answers. */
  readonly dump: Dumps;
  /** Starts a batch: add requests to it, then send it. */
  batch<Key extends ReplyKey<BatchedReply<Do>>>(
    options: FamilyBatchOptions & {
      /** Decode only these properties of replies. Each request of the batch that reads must have them. */
      readonly select: readonly Key[];
    },
  ): FamilyBatch<Do, SelectedReply<BatchedReply<Do>, Key>>;
  /** A batch of `do` operations, sent together and answered one by one. */
  batch(options?: FamilyBatchOptions): FamilyBatch<Do>;
  /** Joins multicast groups on a separate socket, and delivers what the kernel sends to them. */
  subscribe<Key extends NotificationKey<Notification>>(
    options: FamilySubscribeOptions<SelectedNotification<Notification, Key> | UnknownNotification, Group> & {
      /** Decode only these properties of the messages. */
      readonly select: readonly Key[];
    },
  ): FamilySubscription<SelectedNotification<Notification, Key> | UnknownNotification>;
  /** Receives notifications, on a socket of its own. Some groups need CAP_NET_ADMIN; the kernel answers EPERM without. */
  subscribe(
    options?: FamilySubscribeOptions<Notification | UnknownNotification, Group>,
  ): FamilySubscription<Notification | UnknownNotification>;
  /** Whether the client has been closed. */
  readonly closed: boolean;
  /** Closes the sockets, and rejects waiting calls with ERR_NETLINK_CLOSED. Calling it again has no effect. */
  close(): void;
  /** Closes the client at the end of a `using` block. */
  [Symbol.dispose](): void;
  /** Closes the client at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** A message of a family whose types are known only at run time. */
export type DynamicMessage = Readonly<Record<string, unknown>>;

/** The client of a family that was loaded at run time. The specification's `rings-get` is named `ringsGet`, here as everywhere. */
export type DynamicClient = FamilyClient<
  DynamicOperations<GetOperation<object, DynamicMessage>> & DynamicCall,
  DynamicOperations<DumpOperation<object, DynamicMessage, Readonly<Record<string, unknown>>>> & DynamicDump,
  NotificationOf<string, DynamicMessage>,
  string
>;

/** Operations of a family that is known at run time only, by their name. */
export type DynamicOperations<Operation> = Readonly<Record<string, Operation>>;

/** Calls a `do` operation of a family that is known at run time only. */
export interface DynamicCall {
  /** Calls an operation by its name: `client.do('ringsGet', { header: { devName: 'eth0' } })`. */
  (operation: string, request?: object, options?: FamilyDoOptions): Promise<DynamicMessage | undefined>;
}

/** Calls a `dump` operation of a family that is known at run time only. */
export interface DynamicDump {
  /** Calls an operation by its name: `client.dump('ringsGet')`. */
  (operation: string, request?: object, options?: FamilyDumpOptions): FamilyDump<DynamicMessage>;
}
