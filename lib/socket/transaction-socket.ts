import { closed } from '../errors.js';
import type { NetlinkMessage } from '../wire/messages.js';
import type { Operation } from '../wire/operation.js';
import type { WireView } from '../wire/view.js';
import type { Batch, BatchOptions } from './requests/batch.js';
import type { DatagramConsumer, DatagramPort, TakeBatch } from './port/datagram-port.js';
import type { Dump, DumpOptions } from './requests/dump.js';
import type { CallOptions } from './requests/transport.js';
import { groupNumber } from './events/groups.js';
import type { Message } from './messages/message.js';
import type { Reply, RequestMessage } from './requests/message-request.js';
import { NetlinkSocket } from './netlink-socket.js';
import {
  type DecodeEvent,
  messageEvent,
  type SubscribeOptions,
  Subscription,
} from './events/subscription.js';
import { Transactions } from './requests/transactions.js';

export interface TransactionSocketSettings {
  /** Whether replies may carry any port id: those of processes. */
  readonly anyPort: boolean;
  /** Turns on what requests rely on, and returns the size of the receive buffer. Called before the first one. */
  readonly prepare: () => number;
  /** Opens another socket like this one, a member of these groups. */
  readonly openMember: (
    groups: readonly number[],
    options: MemberOptions,
    consumer: DatagramConsumer,
  ) => DatagramPort;
}

/** What the socket of a subscription has beside its groups. */
export type MemberOptions = Pick<SubscribeOptions, 'receiveBufferSize' | 'allNamespaces' | 'program'>;

/**
 * A bound netlink socket: single messages, and requests, dumps and batches. The messages that answer no request are
 * those that `receive` gives.
 */
export class TransactionSocket extends NetlinkSocket {
  readonly #settings: TransactionSocketSettings;
  readonly #subscriptions = new Set<{ closeWithOwner(): void }>();
  #transactions: Transactions | undefined;

  /** @internal */
  constructor(
    protocol: number,
    open: (consumer: DatagramConsumer) => DatagramPort,
    settings: TransactionSocketSettings,
  ) {
    super(protocol, open);
    this.#settings = settings;
  }

  /** Milliseconds that a request, or the next part of a dump, is waited for; `Infinity` for no limit. Default: 5000. */
  get requestTimeout(): number {
    return this.#use().timeout;
  }

  set requestTimeout(milliseconds: number) {
    this.#use().timeout = milliseconds;
  }

  /**
   * Sends a request and waits for what answers it. Requests of one tick are sent together.
   *
   * Rejected with what the kernel refuses it with (the errno's name as `code`, and `extack`); the signal's reason;
   * ERR_NETLINK_TIMEOUT; ERR_NETLINK_OVERRUN when the answer was dropped, for want of receive buffer;
   * ERR_NETLINK_INVALID_ARGUMENT, ERR_NETLINK_CLOSED.
   */
  request(message: RequestMessage, options?: CallOptions): Promise<Reply> {
    return this.#use().request(message, options);
  }

  /** As {@link request}, but blocks the thread until the answer is there: with the kernel as peer, no longer than it works on it. */
  requestSync(message: RequestMessage, options?: CallOptions): Reply {
    return this.#use().requestSync(message, options);
  }

  /** Asks for a dump (NLM_F_DUMP is set); nothing is sent before it is read. */
  dump(message: RequestMessage, options: DumpOptions = {}): Dump<NetlinkMessage> {
    return this.#use().dump(message, options);
  }

  /** Begins a batch: add messages to it, then send it. */
  batch<Reply = NetlinkMessage>(options: BatchOptions = {}): Batch<Reply> {
    return this.#use().batch<Reply>(options);
  }

  /** {@link request} for code that knows how to write and read an operation; undefined where there is no reply. */
  execute<Input, Output>(
    operation: Operation<Input, Output>,
    type: number,
    flags: number,
    input: Input,
    options?: CallOptions,
  ): Promise<Output | undefined> {
    return this.#use().execute(operation, type, flags, input, options);
  }

  /** {@link requestSync} for an operation. */
  executeSync<Input, Output>(
    operation: Operation<Input, Output>,
    type: number,
    flags: number,
    input: Input,
    options?: CallOptions,
  ): Output | undefined {
    return this.#use().executeSync(operation, type, flags, input, options);
  }

  /** {@link dump} for an operation. */
  executeDump<Input, Output>(
    operation: Operation<Input, Output>,
    type: number,
    flags: number,
    input: Input,
    options: DumpOptions = {},
  ): Dump<Output> {
    return this.#use().executeDump(operation, type, flags, input, options);
  }

  /**
   * Opens a socket beside this one, in its network namespace, that is a member of multicast groups, and gives what comes
   * there. It is closed with this socket.
   *
   * Throws ERR_NETLINK_INVALID_ARGUMENT for a group that the protocol does not have; EPERM where a group needs a capability.
   */
  subscribe(options: SubscribeOptions): Subscription<Message> {
    return this.subscribeDecoded(options, messageEvent);
  }

  /** {@link subscribe}, with events made by `decode`, which may leave out messages by returning undefined. */
  subscribeDecoded<Event>(options: SubscribeOptions<Event>, decode: DecodeEvent<Event>): Subscription<Event> {
    if (this.closed) throw closed();
    const groups = options.groups.map((group) => groupNumber(this.protocol, group));
    const subscription: Subscription<Event> = new Subscription(
      (consumer) => this.#settings.openMember(groups, options, consumer),
      decode,
      options,
      () => this.#subscriptions.delete(subscription),
    );
    this.#subscriptions.add(subscription);
    return subscription;
  }

  /** @internal */
  override onReadable(): void {
    if (this.#transactions?.transport.wantsInput === true) this.#transactions.transport.receiveForAWhile();
    super.onReadable();
  }

  /** @internal */
  override onClosed(): void {
    for (const subscription of this.#subscriptions) subscription.closeWithOwner();
    this.#transactions?.close();
    super.onClosed();
  }

  /** @internal */
  onUnclaimed(view: WireView, at: number, end: number): void {
    const current = this.#transactions?.transport.current;
    if (current === undefined) return;
    this.queue.takeUnclaimed(view, at, end, current.batch, current.index);
    this.#serveUnclaimed();
  }

  /** @internal */
  onOverruns(count: number): void {
    this.queue.takeOverruns(count);
    this.#serveUnclaimed();
  }

  /** @internal */
  onWaitingChanged(): void {
    this.updateWatch();
  }

  #serveUnclaimed(): void {
    // The kernel's queue may be empty by now, so that nothing would wake whoever waits for this.
    this.queue.serve();
    // Later, when what is being received has settled the requests that it answers.
    queueMicrotask(() => this.updateWatch());
  }

  /** @internal */
  protected override get take(): TakeBatch {
    return this.#transactions?.transport.take ?? this.queue.takeBatch;
  }

  /** @internal */
  protected override get wantsInput(): boolean {
    return super.wantsInput || this.#transactions?.transport.wantsInput === true;
  }

  /** @internal */
  protected override nextSequence(): number {
    return this.#transactions?.transport.engine.takeSequence() ?? super.nextSequence();
  }

  #use(): Transactions {
    this.refuseBesideListener('request');
    return (this.#transactions ??= this.#makeTransactions());
  }

  #makeTransactions(): Transactions {
    const { anyPort, prepare } = this.#settings;
    return new Transactions(this.datagrams, this, {
      protocol: this.protocol,
      anyPort,
      receiveBufferSize: this.closed ? 0 : prepare(),
      firstSequence: super.nextSequence(),
    });
  }
}
