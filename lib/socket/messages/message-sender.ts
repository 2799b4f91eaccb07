import { closed, invalidArgument, rejectAtAwait } from '../../errors.js';
import type { Bytes } from '../../wire/bytes.js';
import { WireWriter } from '../../wire/writer.js';
import { checkSignal, onAbort } from '../abort.js';
import type { DatagramPort, SocketAddress } from '../port/datagram-port.js';
import { checkDestination, type Destination } from '../port/destination.js';
import { isOwn, LARGE } from '../port/payload-memory.js';
import { checkOutgoing, type OutgoingMessage, writeHeader, writeMessage } from './outgoing-message.js';
import { checkBytes } from './payload.js';

/** Sends single messages on a port. */
export class MessageSender {
  readonly #port: DatagramPort;
  readonly #nextSequence: () => number;

  constructor(port: DatagramPort, nextSequence: () => number) {
    this.#port = port;
    this.#nextSequence = nextSequence;
  }

  send(message: OutgoingMessage): number {
    const checked = checkOutgoing('send', message, this.#port.portId);
    const { payload, to, sequence = this.#nextSequence() } = checked;
    writer.reset();
    if (payload !== undefined && payload.length >= LARGE && isOwn(payload)) {
      writeHeader(writer, checked, sequence);
      this.#port.sendMessage(writer.memory, payload, to);
    } else {
      this.#sendWritten(writeMessage(writer, checked, sequence), to);
    }
    return sequence;
  }

  async sendAsync(message: OutgoingMessage, signal: AbortSignal | undefined): Promise<number> {
    checkSignal(signal);
    signal?.throwIfAborted();
    const { offload } = this.#port;
    if (offload === undefined) return this.send(message);
    const checked = checkOutgoing('sendAsync', message, this.#port.portId);
    if (this.#port.closed) throw closed();
    const { sequence = this.#nextSequence() } = checked;
    writer.reset();
    const length = writeMessage(writer, checked, sequence);
    return new Promise((resolve, reject) => {
      const release = onAbort(signal, () => {
        release();
        reject(signal?.reason as Error);
      });
      try {
        offload.submit(writer.memory, 0, length, checked.to, (error) => {
          release();
          if (signal?.aborted === true) return;
          if (error === undefined) resolve(sequence);
          else rejectAtAwait(resolve, error);
        });
      } catch (error) {
        release();
        throw error;
      }
    });
  }

  sendMany(messages: readonly OutgoingMessage[], to: Destination | undefined): number[] {
    if (!Array.isArray(messages)) throw invalidArgument('sendMany: messages must be an array');
    const address = to === undefined ? undefined : checkDestination('sendMany', to);
    // All are read before the first is written: a getter of one may send on this thread's writer.
    const checked = messages.map((message: OutgoingMessage) =>
      checkOutgoing('sendMany', message, this.#port.portId),
    );
    writer.reset();
    const sequences = checked.map((message) => {
      const { sequence = this.#nextSequence() } = message;
      writeMessage(writer, message, sequence);
      return sequence;
    });
    this.#sendWritten(writer.length, address);
    return sequences;
  }

  sendDatagram(bytes: Bytes, to: Destination | undefined): void {
    const own = checkBytes('sendDatagram: bytes', bytes);
    const address = to === undefined ? undefined : checkDestination('sendDatagram', to);
    writer.reset();
    writer.append(own);
    this.#sendWritten(own.length, address);
  }

  #sendWritten(length: number, to: SocketAddress | undefined): void {
    if (to === undefined) this.#port.send(writer.memory, 0, length);
    else this.#port.sendTo(writer.memory, 0, length, to.portId, to.groupMask);
  }
}

// Shared by all sockets of this thread: it is in use only during a send.
const writer = new WireWriter(64 * 1024);
