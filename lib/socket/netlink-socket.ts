import { closed } from '../errors.js';
import { checkOptions } from '../known-names.js';
import { native } from '../native/addon.js';
import type { DatagramBatch } from '../native/receive-ring.js';
import type { Bytes } from '../wire/bytes.js';
import type { NetlinkMessage } from '../wire/messages.js';
import { SequenceTable } from './engine/sequence-table.js';
import { groupNumber } from './events/groups.js';
import {
  type DecodeEvent,
  messageEvent,
  type SubscribeOptions,
  Subscription,
} from './events/subscription.js';
import type { BpfInstruction } from './filter/bpf.js';
import { FILTER_OPTIONS, type FilterOptions } from './filter/filter.js';
import { attachBpf, attachedFilter, attachFilter, detachFilter, lockFilter } from './filter/socket-filter.js';
import type { Message } from './messages/message.js';
import {
  MessageReceiver,
  type ReceiveOptions,
  type ReceiveSyncOptions,
} from './messages/message-receiver.js';
import { MessageSender } from './messages/message-sender.js';
import type { OutgoingMessage } from './messages/outgoing-message.js';
import {
  BATCH_OPTIONS,
  CALL_OPTIONS,
  DUMP_OPTIONS,
  RECEIVE_OPTIONS,
  RECEIVE_SYNC_OPTIONS,
  REQUEST_MESSAGE,
  SEND_OPTIONS,
  SUBSCRIBE_OPTIONS,
} from './option-names.js';
import type { DatagramConsumer, DatagramPort } from './port/datagram-port.js';
import { checkDestination, type Destination } from './port/destination.js';
import {
  getOption,
  joinedGroups,
  joinGroup,
  leaveGroup,
  setOption,
  type SocketMemory,
  socketMemory,
  type SocketOptions,
} from './port/options.js';
import { PortReaders } from './port/port-readers.js';
import { rejected } from './rejected.js';
import { Batch, type BatchOptions } from './requests/batch.js';
import { type CallOptions, checkTimeout, NO_OPTIONS } from './requests/call-options.js';
import { Dump, type DumpOptions, encodeDump } from './requests/dump.js';
import { messageCall, type Reply, type RequestMessage } from './requests/message-request.js';
import type { OperationCall } from './requests/operation-call.js';
import { Requests } from './requests/requests.js';
import { Transport } from './requests/transport.js';

/** What a socket has counted since it was opened. */
export interface SocketCounters {
  /** How often the kernel reported that the receive buffer was full and it dropped messages (ENOBUFS). */
  readonly overruns: number;
  /** Datagrams dropped because another port than the kernel's sent them. */
  readonly foreignDatagrams: number;
}

/** What a socket is made with. */
export interface SocketSettings {
  readonly protocol: number;
  /** Whether replies may carry any port id: those of processes. */
  readonly anyPort: boolean;
  readonly open: (consumer: DatagramConsumer) => DatagramPort;
  /** Sets the options that requests rely on and returns the size of the receive buffer. Called before the first request. */
  readonly prepare: () => number;
  /** Opens another socket like this one, a member of these groups. */
  readonly openMember: (
    groups: readonly number[],
    options: MemberOptions,
    consumer: DatagramConsumer,
  ) => DatagramPort;
}

/** The options of a subscription that its socket is opened with. */
export type MemberOptions = Pick<SubscribeOptions, 'receiveBufferSize' | 'allNamespaces' | 'program'>;

/**
 * A bound netlink socket, made by {@link openSocket}: single messages, requests, dumps, batches and subscriptions.
 * {@link receive} returns the messages that answer no request.
 */
export class NetlinkSocket implements Disposable, AsyncDisposable {
  /** The netlink protocol's number. */
  readonly protocol: number;
  readonly #settings: SocketSettings;
  readonly #sequences = new SequenceTable();
  readonly #readers: PortReaders;
  readonly #port: DatagramPort;
  readonly #receiver: MessageReceiver;
  readonly #sender: MessageSender;
  #transport: Transport | undefined;
  #requests: Requests | undefined;

  /** @internal */
  constructor(settings: SocketSettings) {
    this.protocol = settings.protocol;
    this.#settings = settings;
    this.#readers = new PortReaders(settings.open);
    this.#port = this.#readers.port;
    this.#receiver = new MessageReceiver(this.#readers);
    this.#readers.addFirst(this.#receiver);
    this.#sender = new MessageSender(this.#port, this.#sequences.take);
  }

  /** The port id that the socket is bound to: its address for the kernel and for other processes. */
  get portId(): number {
    return this.#port.portId;
  }

  /** Whether the socket has been closed. */
  get closed(): boolean {
    return this.#port.closed;
  }

  /** Joins a multicast group (NETLINK_ADD_MEMBERSHIP), counted from 1. Throws EPERM where the group needs a capability. */
  joinGroup(group: number): void {
    joinGroup(this.#port.handle, group);
  }

  /** Leaves a multicast group (NETLINK_DROP_MEMBERSHIP). */
  leaveGroup(group: number): void {
    leaveGroup(this.#port.handle, group);
  }

  /** The groups that the socket is a member of, in order (NETLINK_LIST_MEMBERSHIPS). */
  joinedGroups(): number[] {
    return joinedGroups(this.#port.handle);
  }

  /** An option's value as the kernel has it. Throws ENOPROTOOPT when this kernel does not have the option. */
  getOption<Name extends keyof SocketOptions>(name: Name): SocketOptions[Name] {
    return getOption(this.#port.handle, name);
  }

  /**
   * Sets an option. Throws ERR_NETLINK_INVALID_ARGUMENT for an unknown name or an invalid value, ENOPROTOOPT when this kernel
   * does not have the option, EPERM when a capability is missing.
   */
  setOption<Name extends keyof SocketOptions>(name: Name, value: SocketOptions[Name]): void {
    setOption(this.#port.handle, name, value);
    this.#port.applyOptions();
    if (name === 'receiveBufferSize' && this.#transport !== undefined)
      this.#transport.receiveBufferSize = this.#port.receiveBufferSize;
  }

  /** The kernel's memory for the socket, and how many datagrams it dropped (SO_MEMINFO). */
  memory(): SocketMemory {
    return socketMemory(this.#port.handle);
  }

  /** Makes the kernel drop datagrams that a classic BPF program, for example of `buildFilter` in afnetlink/filter, rejects (SO_ATTACH_FILTER). */
  attachFilter(program: readonly BpfInstruction[], options: FilterOptions = {}): void {
    checkOptions('attachFilter', options, FILTER_OPTIONS);
    attachFilter(this.#port.handle, program, options.listenOnly === true);
  }

  /**
   * Makes the kernel drop datagrams that a loaded eBPF program (SOCKET_FILTER) rejects (SO_ATTACH_BPF). Do not make requests
   * on the socket if the program rejects replies: the library cannot check that.
   */
  attachBpf(descriptor: number): void {
    attachBpf(this.#port.handle, descriptor);
  }

  /** Removes the filter (SO_DETACH_FILTER). Throws ENOENT when there is none, EPERM when it is locked. */
  detachFilter(): void {
    detachFilter(this.#port.handle);
  }

  /** Makes the filter permanent (SO_LOCK_FILTER). */
  lockFilter(): void {
    lockFilter(this.#port.handle);
  }

  /** The classic program that is attached (SO_GET_FILTER); empty when there is none. */
  attachedFilter(): BpfInstruction[] {
    return attachedFilter(this.#port.handle);
  }

  /** Sets the port id or group that {@link send} sends to; datagrams of other senders are dropped (connect(2)). */
  connect(to: Destination): void {
    const { portId, groupMask } = checkDestination('connect', to);
    this.#port.connect(portId, groupMask);
  }

  /** The address that {@link connect} set; the kernel's before (getpeername(2)). */
  get peer(): Destination {
    const { portId, groupMask } = this.#port.peerAddress();
    return { portId, group: groupMask === 0 ? 0 : 32 - Math.clz32(groupMask) };
  }

  /** The file descriptor, for a child process to inherit or for an option that is missing here. This socket still owns it. */
  get fd(): number {
    return native().descriptor(this.#port.handle);
  }

  /** Like {@link close}, but returns the open descriptor. */
  release(): number {
    return this.#port.release();
  }

  /** Counts of lost and dropped datagrams. */
  get counters(): SocketCounters {
    const { overruns, foreignDatagrams } = this.#port;
    return { overruns, foreignDatagrams };
  }

  /** Waiting on this socket keeps the process alive again. */
  ref(): this {
    this.#readers.setKeepAlive(true);
    return this;
  }

  /** Waiting on this socket no longer keeps the process alive. */
  unref(): this {
    this.#readers.setKeepAlive(false);
    return this;
  }

  /**
   * Sends one message in a datagram of its own, at once, and returns its sequence number. The kernel has handled it when
   * this returns.
   *
   * Throws ERR_NETLINK_CLOSED, ERR_NETLINK_INVALID_ARGUMENT, and the errors of sendmsg(2): ECONNREFUSED when no socket is
   * bound to the destination, EAGAIN when its queue is full, EMSGSIZE, EPERM.
   */
  send(message: OutgoingMessage = {}): number {
    return this.#sender.send(message);
  }

  /**
   * Like {@link send}; the promise is resolved when the kernel has handled the message. On a socket opened with `offload` the
   * event loop runs meanwhile; on others it is the same as send.
   *
   * An abort rejects at once; what was submitted is sent all the same. Closing rejects with ERR_NETLINK_CLOSED.
   */
  async sendAsync(
    message: OutgoingMessage = {},
    options: Pick<ReceiveOptions, 'signal'> = {},
  ): Promise<number> {
    checkOptions('sendAsync', options, SEND_OPTIONS);
    return this.#sender.sendAsync(message, options.signal);
  }

  /**
   * Sends several messages in one datagram, in order, and returns their sequence numbers. All go to `to`; their own `to` is
   * ignored. The kernel handles them one after another, as if each had come alone. Throws like {@link send}.
   */
  sendMany(messages: readonly OutgoingMessage[], to?: Destination): number[] {
    return this.#sender.sendMany(messages, to);
  }

  /** Sends bytes unchanged as one datagram, whether they are messages or not. Throws like {@link send}. */
  sendDatagram(bytes: Bytes, to?: Destination): void {
    this.#sender.sendDatagram(bytes, to);
  }

  /**
   * The next message. Messages of one datagram are returned one at a time.
   *
   * Rejected with the signal's reason; ERR_NETLINK_CLOSED; ERR_NETLINK_OVERRUN once for each time that the kernel dropped
   * messages, ERR_NETLINK_TRUNCATED and ERR_NETLINK_MALFORMED for a bad datagram, and an errno's name for a failure to
   * receive: the socket works on after these. ERR_NETLINK_INVALID_ARGUMENT, before anything is received, for `into` that is
   * empty or was transferred away.
   */
  receive(options: ReceiveOptions = NO_OPTIONS): Promise<Message> {
    if (options !== NO_OPTIONS) {
      try {
        checkOptions('receive', options, RECEIVE_OPTIONS);
      } catch (error) {
        return rejected(error);
      }
    }
    return this.#receiver.receive(options);
  }

  /**
   * Like {@link receive}, but blocks the whole thread until a message is there. For scripts and for peers that answer at
   * once. Throws the errors that receive is rejected with, and ERR_NETLINK_TIMEOUT.
   */
  receiveSync(options: ReceiveSyncOptions = {}): Message {
    checkOptions('receiveSync', options, RECEIVE_SYNC_OPTIONS);
    return this.#receiver.receiveSync(options);
  }

  /**
   * Calls `listener` with each batch of datagrams, up to 64 at a time, and keeps the process alive meanwhile. The fastest way
   * to receive: nothing is copied, and the batch's memory is overwritten when the listener returns. An overrun may come
   * alone, as a batch without datagrams. An error that the listener throws is an uncaught exception, and the next batch comes
   * all the same. Returns a function that ends it; datagrams then stay in the kernel.
   *
   * Throws ERR_NETLINK_INVALID_ARGUMENT while there is another listener, or while a receive waits.
   */
  onDatagrams(listener: (batch: DatagramBatch) => void): () => void {
    return this.#receiver.onDatagrams(listener);
  }

  /** Messages as they come, until the caller leaves the loop. Ends by throwing the errors of {@link receive}. */
  async *messages(options: ReceiveOptions = {}): AsyncGenerator<Message, never, void> {
    for (;;) yield await this.receive(options);
  }

  /** Messages as they come: `for await (const message of socket)`. */
  [Symbol.asyncIterator](): AsyncGenerator<Message, never, void> {
    return this.messages();
  }

  /** The default timeout, in milliseconds, of a request and of the next part of a dump; `Infinity` for no limit. Initially 5000. */
  get requestTimeout(): number {
    return this.#useTransport().timeout;
  }

  /** Changes the timeout of later requests and dumps. */
  set requestTimeout(milliseconds: number) {
    checkTimeout(milliseconds);
    this.#useTransport().timeout = milliseconds;
  }

  /**
   * Sends a request and waits for its answer. Requests of one tick are sent together.
   *
   * Rejected with the error that the kernel answers (the errno's name as `code`, and `extack`); the signal's reason;
   * ERR_NETLINK_TIMEOUT; ERR_NETLINK_OVERRUN when the answer was dropped because the receive buffer was full;
   * ERR_NETLINK_INVALID_ARGUMENT, ERR_NETLINK_CLOSED.
   */
  request(message: RequestMessage, options: CallOptions = NO_OPTIONS): Promise<Reply> {
    let call;
    try {
      call = this.#callOf('request', message, options);
    } catch (error) {
      return rejected(error);
    }
    return this.perform(call, options) as Promise<unknown> as Promise<Reply>;
  }

  /** Like {@link request}, but blocks the thread until the answer is there: with the kernel as peer, as long as it works on it. */
  requestSync(message: RequestMessage, options: CallOptions = NO_OPTIONS): Reply {
    return this.performSync(this.#callOf('requestSync', message, options), options) as unknown as Reply;
  }

  /** Requests a dump (NLM_F_DUMP is set); nothing is sent before it is read. */
  dump(message: RequestMessage, options: DumpOptions = {}): Dump<NetlinkMessage> {
    checkOptions('dump', message, REQUEST_MESSAGE);
    checkOptions('dump', options, DUMP_OPTIONS);
    return this.performDump(messageCall('dump', message, this.protocol), options);
  }

  /** Begins a batch: add messages to it, then send it. */
  batch<Reply = NetlinkMessage>(options: BatchOptions = {}): Batch<Reply> {
    checkOptions('batch', options, BATCH_OPTIONS);
    return new Batch<Reply>(this.#useTransport(), this.protocol, options);
  }

  /** {@link request} for an operation, which encodes the request and decodes the reply; undefined if no reply comes. */
  execute<Input, Output>(
    call: OperationCall<Input, Output>,
    options: CallOptions = NO_OPTIONS,
  ): Promise<Output | undefined> {
    try {
      if (options !== NO_OPTIONS) checkOptions('execute', options, CALL_OPTIONS);
    } catch (error) {
      return rejected(error);
    }
    return this.perform(call, options);
  }

  /** {@link requestSync} for an operation. */
  executeSync<Input, Output>(
    call: OperationCall<Input, Output>,
    options: CallOptions = NO_OPTIONS,
  ): Output | undefined {
    if (options !== NO_OPTIONS) checkOptions('executeSync', options, CALL_OPTIONS);
    return this.performSync(call, options);
  }

  /** {@link dump} for an operation. */
  executeDump<Input, Output>(call: OperationCall<Input, Output>, options: DumpOptions = {}): Dump<Output> {
    checkOptions('executeDump', options, DUMP_OPTIONS);
    return this.performDump(call, options);
  }

  /** @internal {@link execute}, with options that were checked. */
  perform<Input, Output>(
    call: OperationCall<Input, Output>,
    options: CallOptions,
  ): Promise<Output | undefined> {
    try {
      return this.#useRequests().perform(call, options) as Promise<Output | undefined>;
    } catch (error) {
      return rejected(error);
    }
  }

  /** @internal {@link executeSync}, with options that were checked. */
  performSync<Input, Output>(call: OperationCall<Input, Output>, options: CallOptions): Output | undefined {
    return this.#useRequests().performSync(call, options) as Output | undefined;
  }

  /** @internal {@link executeDump}, with options that were checked. */
  performDump<Input, Output>(call: OperationCall<Input, Output>, options: DumpOptions): Dump<Output> {
    return new Dump(this.#useTransport(), encodeDump(call), call.operation, options);
  }

  /**
   * Opens another socket, in this one's network namespace, that joins multicast groups, and returns their events. It is
   * closed with this socket.
   *
   * Throws ERR_NETLINK_INVALID_ARGUMENT for a group that the protocol does not have; EPERM where a group needs a capability.
   */
  subscribe(options: SubscribeOptions): Subscription<Message> {
    return this.subscribeDecoded(options, messageEvent);
  }

  /** {@link subscribe}, with events made by `decode`, which leaves out a message by returning undefined. */
  subscribeDecoded<Event>(options: SubscribeOptions<Event>, decode: DecodeEvent<Event>): Subscription<Event> {
    checkOptions('subscribe', options, SUBSCRIBE_OPTIONS);
    if (this.closed) throw closed();
    const groups = options.groups.map((group) => groupNumber(this.protocol, group));
    const subscription = new Subscription<Event>(
      (consumer) => this.#settings.openMember(groups, options, consumer),
      decode,
      options,
    );
    subscription.onEnd(this.#readers.beforeClose(() => subscription.closeWithOwner()));
    return subscription;
  }

  /** Closes the socket at once; every pending call is rejected with ERR_NETLINK_CLOSED. A second call does nothing. */
  close(): void {
    this.#port.close();
  }

  /** Closes the socket at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** Closes the socket at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }

  /** Throws ERR_NETLINK_INVALID_ARGUMENT for an invalid message and for unknown options. */
  #callOf(call: string, message: RequestMessage, options: CallOptions) {
    checkOptions(call, message, REQUEST_MESSAGE);
    if (options !== NO_OPTIONS) checkOptions(call, options, CALL_OPTIONS);
    return messageCall(call, message, this.protocol);
  }

  #useRequests(): Requests {
    this.#receiver.refuseWithListener('request');
    return (this.#requests ??= new Requests(this.#useTransport(), this.#sequences));
  }

  #useTransport(): Transport {
    this.#receiver.refuseWithListener('request');
    if (this.#transport !== undefined) return this.#transport;
    const { anyPort, prepare } = this.#settings;
    this.#transport = new Transport(this.#readers, this.#receiver, {
      sequences: this.#sequences,
      anyPort,
      receiveBufferSize: this.closed ? 0 : prepare(),
    });
    if (this.closed) this.#transport.onClosed();
    return this.#transport;
  }
}
