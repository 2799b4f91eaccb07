import { decodeMessages, type NetlinkMessage, WireView } from 'afnetlink/wire';
import { native } from '#lib/native/addon';
import { ReceiveRing } from '#lib/native/receive-ring';

const SOCK_RAW = 3;

/** A socket that sends bytes as they are, well-formed or not. */
export class RawSocket {
  readonly #handle: number;
  readonly #ring = new ReceiveRing();

  constructor(protocol: number) {
    this.#handle = check('open', native().open(SOCK_RAW, protocol, -1));
    check('bind', native().bind(this.#handle, 0, 0));
    native().setReceivePolicy(this.#handle, false, true);
  }

  send(bytes: Uint8Array): void {
    check('send', native().send(this.#handle, Uint8Array.from(bytes).buffer, 0, bytes.length));
  }

  /** The messages that are queued now, and of each the datagram that it came in. */
  receive(): (NetlinkMessage & { datagram: number })[] {
    this.#ring.filled(check('receive', native().receive(this.#handle, this.#ring.buffer, 64)));
    return Array.from({ length: this.#ring.count }, (_, datagram) => {
      const offset = this.#ring.offset(datagram);
      const bytes = this.#ring.bytes(datagram).subarray(offset, offset + this.#ring.length(datagram));
      return decodeMessages(new WireView(bytes)).map((message) => ({ ...message, datagram }));
    }).flat();
  }

  close(): void {
    native().close(this.#handle);
  }
}

function check(call: string, result: number): number {
  if (result < 0) throw new Error(`${call} failed with errno ${-result}`);
  return result;
}
