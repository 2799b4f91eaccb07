import type { ExtendedAck } from '../../wire/extended-ack.js';

// The types of what opening a family gives. Generated modules name their operations with them.

/** What every call can be given. */
export interface FamilyCallOptions {
  /** Gives the call up; its promise is rejected with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds to wait for an answer, `Infinity` for no limit. Default: the socket's `requestTimeout`. */
  readonly timeout?: number | undefined;
  /** Reject with `ERR_NETLINK_MALFORMED` what the specification does not know, instead of keeping it in `extra`. */
  readonly strict?: boolean | undefined;
  /** Further NLM_F_* bits. */
  readonly flags?: number | undefined;
}

/** How a request that makes or changes something is meant (NLM_F_* of linux/netlink.h). */
export interface FamilyDoOptions extends FamilyCallOptions {
  /** Make it if it is not there (NLM_F_CREATE). */
  readonly create?: boolean | undefined;
  /** Fail if it is there (NLM_F_EXCL). */
  readonly exclusive?: boolean | undefined;
  /** Change what is there (NLM_F_REPLACE). */
  readonly replace?: boolean | undefined;
  /** Add to the end of what is there (NLM_F_APPEND). */
  readonly append?: boolean | undefined;
  /** Ask for what was made as a reply (NLM_F_ECHO). */
  readonly echo?: boolean | undefined;
}

export interface FamilyDumpOptions extends FamilyCallOptions {
  /**
   * How often a dump that the kernel calls inconsistent (NLM_F_DUMP_INTR: something changed under way) is begun anew.
   * Default: 5. When it is still inconsistent then, it ends with ERR_NETLINK_DUMP_INTERRUPTED behind its data.
   */
  readonly restarts?: number;
  /** For loops over a dump: called when it begins anew. What was given before is void. */
  readonly onRestart?: (restart: number) => void;
}

/** The answer to a dump request: read it once, as an array, item by item, or batch by batch. Nothing is sent before. */
export interface FamilyDump<Message> extends AsyncIterable<Message> {
  /** How often it was begun anew, since something changed while it ran. */
  readonly restarts: number;
  /** What the kernel said at the end: a warning, for example that not everything could be read. */
  readonly extack: ExtendedAck | undefined;
  /** All messages. */
  toArray(): Promise<Message[]>;
  /** All messages; blocks the thread until they are there. */
  toArraySync(): Message[];
  /** As the messages come, many at a time. */
  batches(): AsyncIterableIterator<Message[]>;
}

/** A request that the kernel answers with data. */
export interface GetOperation<Request, Reply> {
  /** Only some properties: the others are passed over, not decoded. */
  <Key extends keyof Reply & string>(
    request: Request | undefined,
    options: FamilyDoOptions & { readonly select: readonly Key[] },
  ): Promise<Pick<Reply, Key>>;
  (request?: Request, options?: FamilyDoOptions): Promise<Reply>;
}

/** {@link GetOperation}, blocking the thread until the answer is there. */
export interface BlockingGetOperation<Request, Reply> {
  <Key extends keyof Reply & string>(
    request: Request | undefined,
    options: FamilyDoOptions & { readonly select: readonly Key[] },
  ): Pick<Reply, Key>;
  (request?: Request, options?: FamilyDoOptions): Reply;
}

/** A request that the kernel acknowledges; with the option `echo` some answer with what they made. */
export interface ActOperation<Request, Message> {
  (
    request: Request | undefined,
    options: FamilyDoOptions & { readonly echo: true },
  ): Promise<Message | undefined>;
  (request?: Request, options?: FamilyDoOptions): Promise<void>;
}

/** A request that the kernel answers with any number of messages. */
export interface DumpOperation<Request, Reply, Columns = object> {
  /** Only some properties: the others are passed over, not decoded. */
  <Key extends keyof Reply & string>(
    request: Request | undefined,
    options: FamilyDumpOptions & { readonly select: readonly Key[] },
  ): FamilyDump<Pick<Reply, Key>>;
  /** One property each in typed arrays: the fastest way to a million of them. */
  <Key extends keyof Columns & string>(
    request: Request | undefined,
    options: FamilyDumpOptions & { readonly columns: readonly Key[] },
  ): Promise<ColumnsOf<Columns, Key>>;
  (request?: Request, options?: FamilyDumpOptions): FamilyDump<Reply>;
}

/** The same operations, which block the thread until the answer is there. */
export type Blocking<Operations> = {
  readonly [Name in keyof Operations]: Operations[Name] extends GetOperation<infer Request, infer Reply>
    ? BlockingGetOperation<Request, Reply>
    : Operations[Name] extends (request?: infer Request, options?: FamilyDoOptions) => Promise<infer Reply>
      ? (request?: Request, options?: FamilyDoOptions) => Reply
      : never;
};

/** What a dump gives as columns. */
export interface ColumnsOf<Columns, Key extends keyof Columns> {
  /** How many messages there were: the length of each column. */
  readonly length: number;
  readonly columns: Pick<Columns, Key>;
  /** Whether the message of that row had the property; where not, its column holds 0, or nothing. */
  readonly has: (key: Key, row: number) => boolean;
}

/** A column of addresses: as bytes in one piece, and as text when asked. */
export interface AddressColumn {
  readonly length: number;
  /** Bytes that each row takes: as many as the longest address has. */
  readonly stride: number;
  /** All rows, `stride` bytes each, zeros behind shorter addresses. */
  readonly bytes: Uint8Array;
  /** The address of a row as text; undefined where the message had none. */
  at(row: number): string | undefined;
}

/** What the kernel sent to a multicast group. */
export interface NotificationOf<Name extends string, Message> {
  /** The notification's name in the specification. */
  readonly name: Name;
  readonly message: Message;
  /** nlmsg_flags: whether what is told about was made or replaced, for one. */
  readonly flags: number;
  /** nlmsg_seq and nlmsg_pid: of the request that caused it, where the kernel passes them on. */
  readonly sequence: number;
  readonly portId: number;
}

/** A message of a type that the specification does not have. */
export interface UnknownNotification {
  readonly name: 'unknown';
  /** Message type, or command of Generic Netlink. */
  readonly type: number;
  /** What follows the netlink headers. */
  readonly payload: Uint8Array;
  readonly flags: number;
  readonly sequence: number;
  readonly portId: number;
}

/** What a subscription gives: an event, or word that some were lost. */
export type FamilySubscriptionItem<Event> =
  | { readonly kind: 'event'; readonly event: Event }
  /**
   * The receive buffer was full, and the kernel dropped events from before this item: whoever keeps a state must list it
   * anew. What changes from now on comes as an event again.
   */
  | { readonly kind: 'overrun' }
  /** Bytes that are no netlink message, or one that cannot be decoded. */
  | { readonly kind: 'malformed'; readonly bytes: Uint8Array };

/** Events of multicast groups, on a socket of its own. Leaving a loop over it ends it. */
export interface FamilySubscription<Event>
  extends AsyncIterableIterator<FamilySubscriptionItem<Event>>, Disposable {
  /** How often the kernel has dropped events so far. */
  readonly overruns: number;
  readonly closed: boolean;
  /** Calls `callback` with each item as it is received: the fastest way, without back-pressure. */
  forEach(callback: (item: FamilySubscriptionItem<Event>) => void): Promise<void>;
  /** Keeps the process alive while somebody waits for events, as at first. */
  ref(): this;
  unref(): this;
  /** Leaves the groups and closes the socket; loops end. */
  close(): void;
}

export interface FamilySubscribeOptions<Event, Group extends string> {
  /** Multicast groups to join. Default: all of the family. */
  readonly groups?: readonly Group[];
  /** Ends the subscription: a loop over it throws the signal's reason. */
  readonly signal?: AbortSignal;
  /** Which events to give. */
  readonly filter?: (event: Event) => boolean;
  /** Events kept for a consumer that is slow; more wait in the kernel, as long as they fit there. Default: 1024. */
  readonly capacity?: number;
  /**
   * Bytes of receive buffer, which is what holds a burst of events (SO_RCVBUF, forced where allowed). Default: the system's.
   * From 1 MiB on, the events of a stream may be given up to a millisecond later, many at once, which costs less.
   */
  readonly receiveBufferSize?: number;
  /** Also the events of every other network namespace that has an id here. Needs CAP_NET_BROADCAST. */
  readonly allNamespaces?: boolean;
  /** Give as malformed what the specification does not know, instead of keeping it in `extra`. */
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

export interface FamilyBatchOptions {
  /** Ends the wait: the promise is rejected with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  readonly timeout?: number | undefined;
  /** Send one at a time, and none after the first that fails. Default: false, all are sent together and each is carried out. */
  readonly stopOnError?: boolean;
  /** Which messages ask for an acknowledgement; `'last'` is faster, and errors of the others are reported all the same. */
  readonly acknowledge?: 'each' | 'last';
  /** Makes the batch a netfilter transaction of this subsystem: all of it takes effect or nothing. */
  readonly transaction?: { readonly subsystem: number; readonly generation?: number };
}

/** What became of a message of a batch. */
export type FamilyBatchResult<Reply> =
  | {
      readonly status: 'done';
      /** What a request that reads was answered with, and what one with the option `echo` made. */
      readonly replies: readonly Reply[];
      readonly extack?: ExtendedAck | undefined;
    }
  | { readonly status: 'failed'; readonly error: unknown }
  /** Never sent, since one before it failed, or the signal came first. */
  | { readonly status: 'skipped' }
  /** Undone with the rest of its transaction. */
  | { readonly status: 'undone' };

/** What any of a family's operations answers with. */
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

/** Many requests in one `sendmsg`, and a result for each, in the order in which they were added. */
export interface FamilyBatch<Operations, Reply = BatchedReply<Operations>> {
  /** How many were added. */
  readonly length: number;
  add<Name extends keyof Operations>(
    operation: Name,
    request: Operations[Name] extends (request?: infer Request, options?: FamilyDoOptions) => unknown
      ? Request
      : never,
    options?: Omit<FamilyDoOptions, 'signal' | 'timeout' | 'strict'>,
  ): this;
  send(): Promise<FamilyBatchResult<Reply>[]>;
  sendSync(): FamilyBatchResult<Reply>[];
}

/** What opening a family gives. */
export interface FamilyClient<Do, Dumps, Notification = never, Group extends string = never> {
  /** Requests with one answer. */
  readonly do: Do;
  /** The same requests, blocking the thread until the answer is there. */
  readonly doSync: Blocking<Do>;
  /** Requests with any number of answers. */
  readonly dump: Dumps;
  /** Begins a batch: add requests to it, then send it. */
  batch<Key extends ReplyKey<BatchedReply<Do>>>(
    options: FamilyBatchOptions & {
      /** Decode only these properties of replies, which each request that reads must have. */
      readonly select: readonly Key[];
    },
  ): FamilyBatch<Do, SelectedReply<BatchedReply<Do>, Key>>;
  batch(options?: FamilyBatchOptions): FamilyBatch<Do>;
  /** Joins multicast groups with a socket of their own, and gives what the kernel sends to them. */
  subscribe<Key extends NotificationKey<Notification>>(
    options: FamilySubscribeOptions<SelectedNotification<Notification, Key> | UnknownNotification, Group> & {
      /** Decode only these properties of the messages. */
      readonly select: readonly Key[];
    },
  ): FamilySubscription<SelectedNotification<Notification, Key> | UnknownNotification>;
  subscribe(
    options?: FamilySubscribeOptions<Notification | UnknownNotification, Group>,
  ): FamilySubscription<Notification | UnknownNotification>;
  readonly closed: boolean;
  /** Closes the sockets: what waits is rejected with ERR_NETLINK_CLOSED. Again is harmless. */
  close(): void;
  [Symbol.dispose](): void;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A message of a family whose types are known only at run time. */
export type DynamicMessage = Readonly<Record<string, unknown>>;

/** What opening a family gives that was loaded at run time. The specification's `rings-get` is `ringsGet`, here as everywhere. */
export type DynamicClient = FamilyClient<
  DynamicOperations<GetOperation<object, DynamicMessage>> & DynamicCall,
  DynamicOperations<DumpOperation<object, DynamicMessage, Readonly<Record<string, unknown>>>> & DynamicDump,
  NotificationOf<string, DynamicMessage>,
  string
>;

type DynamicOperations<Operation> = Readonly<Record<string, Operation>>;

interface DynamicCall {
  /** Calls an operation by its name: `client.do('ringsGet', { header: { devName: 'eth0' } })`. */
  (operation: string, request?: object, options?: FamilyDoOptions): Promise<DynamicMessage | undefined>;
}

interface DynamicDump {
  (operation: string, request?: object, options?: FamilyDumpOptions): FamilyDump<DynamicMessage>;
}
