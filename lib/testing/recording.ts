import { invalidArgument, NetlinkError } from '../errors.js';
import type { Trace, Traffic } from '../socket/port/traced-port.js';
import { LITTLE_ENDIAN_HOST } from '../wire/byte-order.js';
import { decodeMessages, messageSequence, type NetlinkMessage } from '../wire/messages.js';
import { WireView } from '../wire/view.js';
import { datagram, message } from './builders.js';
import { FakeKernel } from './fake-kernel.js';

/** One datagram of a recording; bytes are hexadecimal. */
export interface RecordedDatagram {
  /** Whether the program or the kernel sent it. */
  readonly direction: 'sent' | 'received';
  /** Its bytes in hexadecimal. */
  readonly bytes: string;
  /** The multicast group of a received datagram; absent for unicast. */
  readonly group?: number;
}

/** A conversation in the form in which it is saved as JSON. */
export interface RecordedConversation {
  /** The socket's protocol number. */
  readonly protocol: number;
  /** The byte order of the machine that it was recorded on: netlink is in host order. */
  readonly littleEndian: boolean;
  /** The datagrams in their order. */
  readonly datagrams: readonly RecordedDatagram[];
}

/**
 * Records a real conversation, to be replayed in tests.
 *
 * ```ts
 * const recording = new Recording();
 * await using socket = openSocket({ protocol: NETLINK_ROUTE, trace: recording.trace });
 * …
 * await writeFile('links.json', JSON.stringify(recording));
 *
 * const kernel = replay(JSON.parse(await readFile('links.json', 'utf8')));
 * ```
 */
export class Recording {
  readonly #datagrams: RecordedDatagram[] = [];
  #protocol = 0;

  /** Pass this as the option `trace` of `openSocket`. Record one socket and its subscriptions in one recording. */
  readonly trace: Trace = ({ direction, protocol, bytes, group }: Traffic) => {
    this.#protocol = protocol;
    if (direction === 'overrun') return;
    const hex = Buffer.from(bytes).toString('hex');
    this.#datagrams.push({ direction, bytes: hex, ...(group === 0 ? {} : { group }) });
  };

  /** The conversation, for a file; `replay` accepts it. */
  toJSON(): RecordedConversation {
    return { protocol: this.#protocol, littleEndian: LITTLE_ENDIAN_HOST, datagrams: this.#datagrams };
  }
}

/** A request of a recording, and the answers to it. */
interface Exchange {
  readonly request: NetlinkMessage;
  readonly answers: { readonly bytes: Uint8Array; readonly group: number }[];
  played: boolean;
}

/**
 * A fake kernel that answers as the recorded one did. Each request, identified by type, flags and payload, gets the answers of
 * the first such request that was not played yet, followed by the events that came before the next request.
 *
 * If a request was not recorded, the call that sends it fails with ERR_NETLINK_INVALID_ARGUMENT.
 */
export function replay(conversation: RecordedConversation): FakeKernel {
  if (conversation.littleEndian !== LITTLE_ENDIAN_HOST) {
    throw new NetlinkError(
      'replay: the recording was made on a machine of the other byte order; record it on this one',
      {
        code: 'ERR_NETLINK_UNSUPPORTED',
      },
    );
  }
  const exchanges = readExchanges(conversation.datagrams);
  const kernel: FakeKernel = new FakeKernel((request) => {
    const exchange = exchanges.find((one) => !one.played && isSame(one.request, request));
    if (exchange === undefined) {
      throw invalidArgument(
        `replay: the recording has no further request of type ${request.type} with these flags and this payload`,
      );
    }
    exchange.played = true;
    for (const { bytes, group } of exchange.answers) if (group !== 0) kernel.emit(group, bytes);
    const replies = exchange.answers.filter(({ group }) => group === 0);
    return replies.map(({ bytes }) => readdress(bytes, request));
  });
  return kernel;
}

function readExchanges(datagrams: readonly RecordedDatagram[]): Exchange[] {
  const exchanges: Exchange[] = [];
  for (const { direction, bytes: hex, group = 0 } of datagrams) {
    const bytes = Uint8Array.from(Buffer.from(hex, 'hex'));
    if (direction === 'sent') {
      for (const request of decodeMessages(new WireView(bytes)))
        exchanges.push({ request, answers: [], played: false });
    } else if (group !== 0) {
      exchanges.at(-1)?.answers.push({ bytes, group });
    } else {
      const sequence = bytes.length < 16 ? 0 : messageSequence(new WireView(bytes), 0);
      exchanges.findLast(({ request }) => request.sequence === sequence)?.answers.push({ bytes, group });
    }
  }
  return exchanges;
}

function isSame(recorded: NetlinkMessage, asked: NetlinkMessage): boolean {
  return (
    recorded.type === asked.type &&
    recorded.flags === asked.flags &&
    Buffer.from(recorded.payload).equals(asked.payload)
  );
}

/** The same datagram with the sequence number and the port of another request. */
function readdress(bytes: Uint8Array, { sequence, portId }: NetlinkMessage): Uint8Array {
  return datagram(...decodeMessages(new WireView(bytes)).map((one) => message({ ...one, sequence, portId })));
}
