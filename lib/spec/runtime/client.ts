// The types of what opening a family gives. Generated modules name their operations with them.

/** What every call can be given. */
export interface CallOptions {
  /** Gives the call up; its promise is rejected with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Milliseconds to wait for an answer. Default: as long as it takes. */
  readonly timeout?: number;
  /** Reject with `ERR_NETLINK_MALFORMED` what the specification does not know, instead of keeping it in `extra`. */
  readonly strict?: boolean;
}

/** How a request that makes or changes something is meant (NLM_F_* of linux/netlink.h). */
export interface DoOptions extends CallOptions {
  /** Make it if it is not there (NLM_F_CREATE). */
  readonly create?: boolean;
  /** Fail if it is there (NLM_F_EXCL). */
  readonly exclusive?: boolean;
  /** Change what is there (NLM_F_REPLACE). */
  readonly replace?: boolean;
  /** Add to the end of what is there (NLM_F_APPEND). */
  readonly append?: boolean;
  /** Ask for what was made as a reply (NLM_F_ECHO). */
  readonly echo?: boolean;
  /** Further NLM_F_* bits. */
  readonly flags?: number;
}

export interface DumpOptions extends CallOptions {
  /** Further NLM_F_* bits. */
  readonly flags?: number;
}

/** The messages of a dump: read them one by one, or collect them all. Reading less than all ends the dump. */
export interface Dump<Message> extends AsyncIterable<Message> {
  /** All messages. */
  collect(): Promise<Message[]>;
}

/** A request that the kernel answers with data. */
export type GetOperation<Request, Reply> = (request?: Request, options?: DoOptions) => Promise<Reply>;

/** A request that the kernel acknowledges; with the option `echo` some answer with what they made. */
export interface ActOperation<Request, Message> {
  (request: Request | undefined, options: DoOptions & { readonly echo: true }): Promise<Message | undefined>;
  (request?: Request, options?: DoOptions): Promise<void>;
}

/** A request that the kernel answers with any number of messages. */
export interface DumpOperation<Request, Reply, Columns = object> {
  /** Only some properties: the others are passed over, not decoded. */
  <Key extends keyof Reply & string>(
    request: Request | undefined,
    options: DumpOptions & { readonly select: readonly Key[] },
  ): Dump<Pick<Reply, Key>>;
  /** Values of one property each, one behind the other in typed arrays: the fastest way to a million of them. */
  <Key extends keyof Columns & string>(
    request: Request | undefined,
    options: DumpOptions & { readonly columns: readonly Key[] },
  ): Promise<ColumnsOf<Columns, Key>>;
  (request?: Request, options?: DumpOptions): Dump<Reply>;
}

/** What a dump gives as columns. */
export interface ColumnsOf<Columns, Key extends keyof Columns> {
  /** How many messages there were: the length of each column. */
  readonly length: number;
  readonly columns: Pick<Columns, Key>;
  /** Whether the message of that row had the property at all; a column holds 0 or nothing where it had not. */
  has(key: Key, row: number): boolean;
}

/** A column of addresses: as bytes in one piece, and as text when asked. */
export interface AddressColumn {
  readonly length: number;
  /** Bytes that each row takes: 4 as long as all are IPv4 addresses, else 16. */
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
}

/** A message of a type that the specification does not have. */
export interface UnknownNotification {
  readonly name: 'unknown';
  /** Message type, or command of Generic Netlink. */
  readonly type: number;
  readonly payload: Uint8Array;
}

/** The kernel dropped messages that this socket had no room for (ENOBUFS): what was known may be out of date. */
export interface OverrunNotification {
  readonly name: 'overrun';
}

export interface SubscribeOptions<Group extends string> extends CallOptions {
  /** Multicast groups to join. Default: all of the family. */
  readonly groups?: readonly Group[];
  /** Bytes for messages that wait to be read (SO_RCVBUF). */
  readonly receiveBufferSize?: number;
}

/** What opening a family gives. */
export interface FamilyClient<Notification = never, Group extends string = string> {
  /** Joins multicast groups with a socket of their own, and gives what the kernel sends to them. */
  subscribe(
    options?: SubscribeOptions<Group>,
  ): AsyncIterable<Notification | UnknownNotification | OverrunNotification>;
  close(): void;
  [Symbol.dispose](): void;
  [Symbol.asyncDispose](): Promise<void>;
}
