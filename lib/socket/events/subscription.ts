import { closed, invalidArgument, rejectAtAwait } from '../../errors.js';
import type { DatagramBatch } from '../../native/receive-ring.js';
import { align4 } from '../../wire/byte-order.js';
import { NLMSG_NOOP, NLMSG_OVERRUN } from '../../wire/constants.js';
import { copyMessage, messageEnd, messageType } from '../../wire/messages.js';
import { WireView } from '../../wire/view.js';
import { checkSignal, onAbort } from '../abort.js';
import type { BpfInstruction } from '../filter/bpf.js';
import { EventCoalescer, COALESCING_RECEIVE_BUFFER } from './event-coalescer.js';
import type { DatagramConsumer, DatagramPort } from '../port/datagram-port.js';
import { overrunHappened } from '../diagnostics.js';
import { MILLISECONDS_PER_RUN } from '../turn-budget.js';
import { type Message, senderOf } from '../messages/message.js';
import { raise } from '../rejected.js';

/** Options of `subscribe`. */
export interface SubscribeOptions<Event = Message> {
  /** Multicast groups, each by its number or its name in the kernel's headers (`'RTNLGRP_LINK'`). */
  readonly groups: readonly (number | string)[];
  /** Ends the subscription: a loop over it throws the signal's reason. */
  readonly signal?: AbortSignal;
  /** Drops events in the kernel, so that they are never copied: a classic BPF program, as `buildFilter` makes it. */
  readonly program?: readonly BpfInstruction[];
  /** Leaves out the events for which it returns false. What it throws is an uncaught exception; that event is left out. */
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
}

/** What a subscription gives: an event, or word that some were lost. */
export type SubscriptionItem<Event> =
  | { readonly kind: 'event'; readonly event: Event }
  /**
   * The receive buffer was full and the kernel dropped events, all of them before this item: a program that keeps a state must
   * list it again. Later changes come as events again. Some of the events between the loss and this item may have
   * happened after the loss, at most as many as the receive buffer holds: the item waits for a moment when it is empty.
   */
  | { readonly kind: 'overrun' }
  /** Bytes that are no netlink message, or one that cannot be decoded. */
  | { readonly kind: 'malformed'; readonly bytes: Uint8Array };

/** Makes an event of the message at `at` in `view`, or undefined to leave it out. What it returns may not refer to the view. */
export type DecodeEvent<Event> = (
  view: WireView,
  at: number,
  end: number,
  batch: DatagramBatch,
  index: number,
) => Event | undefined;

interface Waiting<Event> {
  readonly resolve: (result: IteratorResult<SubscriptionItem<Event>> | Promise<never>) => void;
}

const DEFAULT_CAPACITY = 1024;
const DATAGRAMS_PER_RECEIVE = 16;
const OVERRUN = Object.freeze({ kind: 'overrun' });

/**
 * Events of multicast groups, on a socket of its own: they never crowd out replies. The constructor
 * joins the groups, so no later event is missed. A slow reader leaves events in the kernel's buffer, and is told of those
 * that did not fit.
 */
export class Subscription<Event> implements AsyncIterableIterator<SubscriptionItem<Event>>, Disposable {
  readonly #port: DatagramPort;
  readonly #decode: DecodeEvent<Event>;
  readonly #filter: ((event: Event) => boolean) | undefined;
  readonly #signal: AbortSignal | undefined;
  #releaseSignal: (() => void) | undefined;
  readonly #capacity: number;
  #release: (() => void) | undefined;
  readonly #coalescer: EventCoalescer | undefined;
  #items: SubscriptionItem<Event>[] = [];
  #first = 0;
  readonly #waiting: Waiting<Event>[] = [];
  #callback: ((item: SubscriptionItem<Event>) => void) | undefined;
  #finish: ((result?: Promise<never>) => void) | undefined;
  #bytes: Uint8Array = new Uint8Array();
  #view = new WireView(this.#bytes);
  /** Whether somebody has asked for an event yet. */
  #begun = false;
  #watching = false;
  #referenced = true;
  #keepsAlive = true;
  #ended: { readonly error: unknown } | undefined;

  /** @internal */
  constructor(
    open: (consumer: DatagramConsumer) => DatagramPort,
    decode: DecodeEvent<Event>,
    options: SubscribeOptions<Event>,
  ) {
    const { capacity = DEFAULT_CAPACITY, signal, filter } = options;
    if (!(typeof capacity === 'number' && capacity >= 1))
      throw invalidArgument(`capacity is ${String(capacity)}; it must be a number from 1 on`);
    if (filter !== undefined && typeof filter !== 'function')
      throw invalidArgument(`filter must be a function, got ${typeof filter}`);
    checkSignal(signal);
    signal?.throwIfAborted();
    this.#decode = decode;
    this.#filter = filter;
    this.#signal = signal;
    this.#capacity = capacity;
    this.#port = open(this);
    if (this.#port.receiveBufferSize >= COALESCING_RECEIVE_BUFFER)
      this.#coalescer = new EventCoalescer(() => this.#onRested());
    this.#releaseSignal = onAbort(signal, () => this.#end(this.#signal?.reason));
  }

  /** How often the kernel has dropped events so far. */
  get overruns(): number {
    return this.#port.overruns;
  }

  /** Whether the subscription has been closed, or has failed. */
  get closed(): boolean {
    return this.#ended !== undefined;
  }

  /** The next event, or word of an overrun. Rejected with the signal's reason, or ERR_NETLINK_CLOSED when the socket that it was made with is closed. */
  next(): Promise<IteratorResult<SubscriptionItem<Event>>> {
    if (this.#callback !== undefined) {
      return Promise.reject(
        invalidArgument('next: the callback of forEach takes all events of this subscription'),
      );
    }
    this.#begun = true;
    const item = this.#items[this.#first];
    if (item !== undefined) {
      this.#first += 1;
      if (this.#first === this.#items.length) this.#forgetTaken();
      if (!this.#watching) this.#updateWatch();
      return Promise.resolve({ done: false, value: item });
    }
    return new Promise((resolve) => {
      if (this.#ended !== undefined) this.#settle({ resolve });
      else {
        this.#waiting.push({ resolve });
        this.#updateWatch();
      }
    });
  }

  /** Leaving a loop ends the subscription. */
  return(): Promise<IteratorResult<SubscriptionItem<Event>>> {
    this.close();
    return Promise.resolve({ done: true, value: undefined });
  }

  /** The subscription itself: `for await (const item of subscription)`. */
  [Symbol.asyncIterator](): this {
    return this;
  }

  /**
   * Calls `callback` with each item as it is received: the fastest way, without back-pressure. The promise is resolved when the
   * subscription is closed, and rejected as {@link next} is. What the callback throws is an uncaught exception; it is
   * called with the next item all the same.
   */
  forEach(callback: (item: SubscriptionItem<Event>) => void): Promise<void> {
    return new Promise((resolve) => {
      if (this.#callback !== undefined || this.#waiting.length > 0) {
        throw invalidArgument('forEach: somebody waits on this subscription already');
      }
      this.#finish = resolve;
      if (this.#ended !== undefined) {
        this.#settleFinish();
        return;
      }
      this.#callback = callback;
      this.#port.captureContext();
      const items = this.#items.slice(this.#first);
      this.#forgetTaken();
      for (const item of items) this.#call(item);
      this.#updateWatch();
    });
  }

  /** Keeps the process alive while somebody waits for events, as at first. */
  ref(): this {
    this.#referenced = true;
    this.#updateWatch();
    return this;
  }

  /** Waiting for events no longer keeps the process alive. */
  unref(): this {
    this.#referenced = false;
    this.#updateWatch();
    return this;
  }

  /** Leaves the groups and closes the socket; loops end. Again is harmless. */
  close(): void {
    this.#end(undefined);
  }

  /** Closes the subscription at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** @internal Calls `release` when the subscription has ended. */
  onEnd(release: () => void): void {
    if (this.closed) release();
    else this.#release = release;
  }

  /** @internal The socket that it was made with is closed. */
  closeWithOwner(): void {
    this.#end(closed());
  }

  /** @internal */
  onReadable(): void {
    const received = this.#receive();
    if (this.#port.closed) return;
    // What is left in the queue waits for no rest.
    if (received % DATAGRAMS_PER_RECEIVE > 0) this.#coalescer?.received(received);
    this.#updateWatch();
  }

  /** Receives what there is, for a while at most; returns how many datagrams that were. */
  #receive(): number {
    const end = performance.now() + MILLISECONDS_PER_RUN;
    let received = 0;
    while (!this.#port.closed) {
      const count = this.#port.receive(DATAGRAMS_PER_RECEIVE, this.#take);
      received += count;
      // An overrun may come without a datagram.
      this.#serve();
      // Fewer than asked for were all that there was, and the loop tells of more: looking again would cost a call an event.
      if (count < DATAGRAMS_PER_RECEIVE || !this.#hasRoom || performance.now() >= end) break;
    }
    return received;
  }

  #onRested(): void {
    if (this.#hasRoom) this.onReadable();
    else this.#updateWatch();
  }

  /** @internal */
  onClosed(): void {
    this.#end(closed());
  }

  /** Whether events are wanted now: for the callback, or to be kept for a loop that has begun. */
  get #hasRoom(): boolean {
    if (this.#callback !== undefined) return true;
    return this.#begun && this.#items.length - this.#first < this.#capacity;
  }

  #updateWatch(): void {
    if (this.#port.closed) return;
    const awaited = this.#callback !== undefined || this.#waiting.length > 0;
    const keepAlive = awaited && this.#referenced;
    if (keepAlive !== this.#keepsAlive) this.#port.setKeepAlive(keepAlive);
    this.#keepsAlive = keepAlive;
    this.#coalescer?.setKeepAlive(keepAlive);
    this.#watching = this.#hasRoom && this.#coalescer?.resting !== true;
    if (this.#watching) this.#port.watch();
    else this.#port.unwatch();
  }

  readonly #take = (batch: DatagramBatch): void => {
    for (let index = 0; index < batch.count && !this.closed; index++) {
      const bytes = batch.bytes(index);
      if (this.#bytes !== bytes) {
        this.#bytes = bytes;
        this.#view = new WireView(bytes);
      }
      const start = batch.offset(index);
      this.#takeDatagram(start, start + batch.length(index), batch, index);
    }
    for (let count = 0; count < batch.overruns; count++) {
      overrunHappened(this.#port.portId);
      this.#give(OVERRUN);
    }
  };

  #takeDatagram(start: number, end: number, batch: DatagramBatch, index: number): void {
    const view = this.#view;
    for (let at = start; at < end;) {
      const behind = messageEnd(view, at, end);
      if (behind === undefined) {
        this.#give({ kind: 'malformed', bytes: view.binary(at, end) });
        return;
      }
      this.#takeMessage(at, behind, batch, index);
      at = align4(behind);
    }
  }

  #takeMessage(at: number, end: number, batch: DatagramBatch, index: number): void {
    const type = messageType(this.#view, at);
    if (type === NLMSG_NOOP) return;
    if (type === NLMSG_OVERRUN) {
      this.#give(OVERRUN);
      return;
    }
    let event;
    try {
      event = this.#decode(this.#view, at, end, batch, index);
    } catch {
      // Whatever it threw: another process may have made these bytes, and must not be able to end this one.
      this.#give({ kind: 'malformed', bytes: this.#view.binary(at, end) });
      return;
    }
    if (event !== undefined && this.#passesFilter(event)) this.#give({ kind: 'event', event });
  }

  #passesFilter(event: Event): boolean {
    try {
      return this.#filter?.(event) !== false;
    } catch (error) {
      raise(error);
      return false;
    }
  }

  #give(item: SubscriptionItem<Event>): void {
    // A callback or a decoder may have closed it.
    if (this.closed) return;
    if (this.#callback === undefined) this.#items.push(item);
    else this.#call(item);
  }

  #call(item: SubscriptionItem<Event>): void {
    try {
      this.#callback?.(item);
    } catch (error) {
      raise(error);
    }
  }

  /** Gives those who wait what there is. */
  #serve(): void {
    while (this.#waiting.length > 0 && this.#first < this.#items.length) {
      const value = this.#items[this.#first++];
      if (value !== undefined) this.#waiting.shift()?.resolve({ done: false, value });
    }
    if (this.#first === this.#items.length) this.#forgetTaken();
  }

  #forgetTaken(): void {
    this.#items = [];
    this.#first = 0;
  }

  #end(error: unknown): void {
    if (this.#ended !== undefined) return;
    this.#ended = { error };
    this.#releaseSignal?.();
    this.#coalescer?.end();
    this.#port.close();
    this.#release?.();
    for (const waiting of this.#waiting.splice(0)) this.#settle(waiting);
    this.#callback = undefined;
    this.#settleFinish();
  }

  #settle(waiting: Waiting<Event>): void {
    if (this.#ended?.error === undefined) waiting.resolve({ done: true, value: undefined });
    else rejectAtAwait(waiting.resolve, this.#ended.error);
  }

  #settleFinish(): void {
    if (this.#ended?.error === undefined) this.#finish?.();
    else if (this.#finish !== undefined) rejectAtAwait(this.#finish, this.#ended.error);
    this.#finish = undefined;
  }
}

/** The event that subscriptions give unless told otherwise: the message, copied. */
export function messageEvent(
  view: WireView,
  at: number,
  end: number,
  batch: DatagramBatch,
  index: number,
): Message {
  return { ...copyMessage(view, at, end - at), sender: senderOf(batch, index) };
}
