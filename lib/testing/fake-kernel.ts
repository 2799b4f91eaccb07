import { decodeMessages, type NetlinkMessage } from '../wire/messages.js';
import { WireView } from '../wire/view.js';
import { checkOptions, type KnownNames, namesOf } from '../known-names.js';
import type { DatagramConsumer, DatagramPort } from '../socket/port/datagram-port.js';
import { type Trace, TracedPort } from '../socket/port/traced-port.js';
import { NetlinkSocket } from '../socket/netlink-socket.js';
import { message } from './builders.js';
import { type FakeDatagram, FakePort } from './fake-port.js';

/**
 * A fake kernel's answer to one message: datagrams in order, each of one message or of several put together with
 * `datagram`. A generator runs as its datagrams are received. A promise's datagrams arrive when it is resolved, as from a peer
 * that answers late. Nothing, if it does not answer.
 */
export type Answer = Iterable<Uint8Array> | Promise<Iterable<Uint8Array>> | undefined;

/** The other end of the conversation: called with each message that a socket sends. */
export type Respond = (request: NetlinkMessage) => Answer;

/** Options of a fake kernel's socket. */
export interface FakeSocketOptions {
  /** Default: 0, NETLINK_ROUTE. */
  readonly protocol?: number;
  /** Multicast groups to join, by number. */
  readonly groups?: readonly number[];
  /** Called with every datagram of the socket and of its subscriptions. */
  readonly trace?: Trace;
}

const OPTIONS: KnownNames = namesOf<FakeSocketOptions>({ protocol: true, groups: true, trace: true });
const RECEIVE_BUFFER_SIZE = 1 << 20;

/**
 * A kernel made of one function, to test programs without privileges, devices, or Linux.
 *
 * ```ts
 * const kernel = new FakeKernel((request) => [refuse(request, 'ENODEV')]);
 * await using socket = kernel.openSocket();
 * await assert.rejects(socket.request({ type: RTM_GETLINK }), { code: 'ENODEV' });
 * assert.equal(kernel.requests.length, 1);
 * ```
 *
 * The call that sent the message throws what the function throws.
 */
export class FakeKernel {
  /** All messages that sockets sent, in order. */
  readonly requests: NetlinkMessage[] = [];
  /** How many datagrams they arrived in. */
  datagrams = 0;
  readonly #respond: Respond;
  readonly #ports = new Set<FakePort>();
  #nextPortId = 1000;

  constructor(respond: Respond) {
    this.#respond = respond;
  }

  /** Opens a socket to this kernel. Use and close it like one of `openSocket`. */
  openSocket(options: FakeSocketOptions = {}): NetlinkSocket {
    checkOptions('FakeKernel.openSocket', options, OPTIONS);
    const { protocol = 0, groups = [], trace } = options;
    const open = (joined: readonly number[], consumer: DatagramConsumer): DatagramPort => {
      const port = this.#open(joined, consumer);
      return trace === undefined ? port : new TracedPort(port, protocol, trace);
    };
    return new NetlinkSocket({
      protocol,
      anyPort: false,
      open: (consumer) => open(groups, consumer),
      prepare: () => RECEIVE_BUFFER_SIZE,
      openMember: (joined, _options, consumer) => open(joined, consumer),
    });
  }

  /** Sends an event, a datagram, to every socket that has joined the group. */
  emit(group: number, bytes: Uint8Array): void {
    for (const port of this.#ports) if (port.groups.has(group)) port.push({ bytes, group, portId: 0 });
  }

  /** Sends an unsolicited message to every socket that has joined the group. */
  notify(group: number, type: number, payload?: Uint8Array): void {
    this.emit(group, message({ type, ...(payload === undefined ? {} : { payload }) }));
  }

  /** Makes the receive buffer of every socket overrun at this point. The test decides which later messages are lost. */
  overrun(): void {
    for (const port of this.#ports) port.push('overrun');
  }

  #open(groups: readonly number[], consumer: DatagramConsumer): FakePort {
    const port: FakePort = new FakePort(this.#nextPortId++, groups, consumer, {
      onDatagram: (bytes) => this.#answer(port, bytes),
      onClose: () => this.#ports.delete(port),
    });
    this.#ports.add(port);
    return port;
  }

  #answer(port: FakePort, bytes: Uint8Array): void {
    this.datagrams += 1;
    for (const request of decodeMessages(new WireView(bytes))) {
      this.requests.push(request);
      const answer = this.#respond({ ...request, portId: port.portId });
      if (answer === undefined) continue;
      if (answer instanceof Promise) void answer.then((late) => port.push(fromKernel(late)));
      else port.push(fromKernel(answer));
    }
  }
}

function* fromKernel(answer: Iterable<Uint8Array>): Generator<FakeDatagram> {
  for (const bytes of answer) yield { bytes, group: 0, portId: 0 };
}
