import { closed, NetlinkError } from '../errors.js';
import { align4 } from '../wire/byte-order.js';
import type {
  DatagramConsumer,
  DatagramPort,
  SocketAddress,
  TakeBatch,
} from '../socket/port/datagram-port.js';
import { joinMessage } from '../socket/port/join-message.js';

/** A datagram that a fake kernel sends. */
export interface FakeDatagram {
  readonly bytes: Uint8Array;
  /** The multicast group it is sent to; 0 for unicast. */
  readonly group: number;
  /** The sender; 0 is the kernel. */
  readonly portId: number;
}

/** What a port queues: datagrams, or a source of datagrams that is read only when its turn comes, as a kernel produces a dump. */
export type Queued = FakeDatagram | Iterator<FakeDatagram> | 'overrun';

/** The program's end of a fake socket. */
export class FakePort implements DatagramPort {
  readonly portId: number;
  readonly foreignDatagrams = 0;
  readonly receiveBufferSize = 212_992;
  /** A fake port has no thread. */
  readonly pending = false;
  overruns = 0;
  /** Overruns are queued among the datagrams, in order. */
  readonly congested = false;
  /** The groups that the socket has joined. */
  readonly groups: ReadonlySet<number>;
  readonly #consumer: DatagramConsumer;
  readonly #onDatagram: (bytes: Uint8Array) => void;
  readonly #onClose: () => void;
  readonly #queue: Queued[] = [];
  #closed = false;
  #watching = false;
  #scheduled = false;

  constructor(
    portId: number,
    groups: readonly number[],
    consumer: DatagramConsumer,
    ends: { readonly onDatagram: (bytes: Uint8Array) => void; readonly onClose: () => void },
  ) {
    this.portId = portId;
    this.groups = new Set(groups);
    this.#consumer = consumer;
    this.#onDatagram = ends.onDatagram;
    this.#onClose = ends.onClose;
  }

  get closed(): boolean {
    return this.#closed;
  }

  get handle(): number {
    if (this.#closed) throw closed();
    throw new NetlinkError('a fake kernel has no socket options, filters or descriptors', {
      code: 'ERR_NETLINK_UNSUPPORTED',
    });
  }

  peerAddress(): SocketAddress {
    return { portId: 0, groupMask: 0 };
  }

  connect(): void {
    this.#check();
  }

  applyOptions(): void {
    this.#check();
  }

  captureContext(): void {
    this.#check();
  }

  send(buffer: ArrayBuffer, offset: number, length: number): void {
    this.#check();
    this.#onDatagram(new Uint8Array(buffer, offset, length).slice());
  }

  sendTo(buffer: ArrayBuffer, offset: number, length: number): void {
    this.send(buffer, offset, length);
  }

  sendMessage(header: ArrayBuffer, payload: Uint8Array): void {
    this.#check();
    this.#onDatagram(joinMessage(header, payload));
  }

  receive(wanted: number, take: TakeBatch): number {
    this.#check();
    const datagrams: FakeDatagram[] = [];
    let overruns = 0;
    while (datagrams.length < wanted) {
      const next = this.#shift();
      if (next === undefined) break;
      if (next === 'overrun') overruns += 1;
      else datagrams.push(next);
    }
    this.overruns += overruns;
    if (datagrams.length > 0 || overruns > 0) take(batchOf(datagrams, overruns));
    return datagrams.length;
  }

  /** Nothing arrives while the thread is blocked, so there is no point in waiting for it. */
  receiveOne(take: TakeBatch): boolean {
    const { overruns } = this;
    return this.receive(1, take) > 0 || this.overruns > overruns;
  }

  receiveInto(_memory: Uint8Array, take: TakeBatch): boolean {
    return this.receiveOne(take);
  }

  exchange(buffer: ArrayBuffer, offset: number, length: number, wanted: number, take: TakeBatch): number {
    this.send(buffer, offset, length);
    return this.receive(wanted, take);
  }

  wait(): boolean {
    this.#check();
    return this.#queue.length > 0;
  }

  readAhead(): void {
    this.#check();
  }

  watch(): void {
    this.#check();
    this.#watching = true;
    this.#schedule();
  }

  unwatch(): void {
    this.#watching = false;
  }

  setKeepAlive(): void {
    this.#check();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#queue.length = 0;
    this.#onClose();
    this.#consumer.onClosed();
  }

  release(): number {
    return this.handle;
  }

  /** Queues something for the socket to receive. */
  push(queued: Queued): void {
    if (this.#closed) return;
    this.#queue.push(queued);
    this.#schedule();
  }

  #shift(): FakeDatagram | 'overrun' | undefined {
    for (let head = this.#queue[0]; head !== undefined; head = this.#queue[0]) {
      if (head !== 'overrun' && 'next' in head) {
        const made = head.next();
        if (made.done !== true) return made.value;
        this.#queue.shift();
        continue;
      }
      this.#queue.shift();
      return head;
    }
    return undefined;
  }

  #schedule(): void {
    if (!this.#watching || this.#scheduled || this.#queue.length === 0) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (this.#closed || !this.#watching || this.#queue.length === 0) return;
      this.#consumer.onReadable();
      this.#schedule();
    });
  }

  #check(): void {
    if (this.#closed) throw closed();
  }
}

/** Datagrams in the form in which a receive ring holds them. */
function batchOf(datagrams: readonly FakeDatagram[], overruns: number): Parameters<TakeBatch>[0] {
  const held = datagrams.map(({ bytes }) => {
    const words = new Int32Array(align4(bytes.length) / 4);
    const copy = new Uint8Array(words.buffer);
    copy.set(bytes);
    return { words, bytes: copy };
  });
  return {
    count: datagrams.length,
    overruns,
    error: 0,
    placed: false,
    bytes: (index) => held[index]?.bytes ?? new Uint8Array(),
    words: (index) => held[index]?.words ?? new Int32Array(),
    offset: () => 0,
    length: (index) => datagrams[index]?.bytes.length ?? 0,
    truncated: () => false,
    trueLength: (index) => datagrams[index]?.bytes.length ?? 0,
    portId: (index) => datagrams[index]?.portId ?? 0,
    group: (index) => datagrams[index]?.group ?? 0,
    namespaceId: () => undefined,
    credentials: () => undefined,
    keep: (index, start, end) => (held[index]?.bytes ?? new Uint8Array()).slice(start, end),
  };
}
