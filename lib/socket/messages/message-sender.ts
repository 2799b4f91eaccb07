import { closed, rejectAtAwait } from '../../errors.js';
import { WireWriter } from '../../wire/writer.js';
import type { DatagramPort } from '../port/datagram-port.js';
import { checkDestination, type Destination } from '../port/destination.js';
import { isOwn, LARGE } from '../port/payload-memory.js';
import { type OutgoingMessage, writeHeader, writeMessage } from './outgoing-message.js';

/** Sends single messages on a port. */
export class MessageSender {
  readonly #port: DatagramPort;
  readonly #nextSequence: () => number;

  constructor(port: DatagramPort, nextSequence: () => number) {
    this.#port = port;
    this.#nextSequence = nextSequence;
  }

  send(message: OutgoingMessage): number {
    const { payload, sequence = this.#nextSequence(), to } = message;
    writer.reset();
    if (payload !== undefined && payload.length >= LARGE && isOwn(payload)) {
      writeHeader(writer, message, sequence, this.#port.portId);
      const address = to === undefined ? undefined : checkDestination('send', to);
      this.#port.sendMessage(writer.memory, payload, address);
    } else {
      this.#sendWritten(writeMessage(writer, message, sequence, this.#port.portId), to);
    }
    return sequence;
  }

  async sendAsync(message: OutgoingMessage, signal: AbortSignal | undefined): Promise<number> {
    signal?.throwIfAborted();
    const { offload } = this.#port;
    if (offload === undefined) return this.send(message);
    if (this.#port.closed) throw closed();
    const { sequence = this.#nextSequence() } = message;
    writer.reset();
    const length = writeMessage(writer, message, sequence, this.#port.portId);
    const to = message.to === undefined ? undefined : checkDestination('send', message.to);
    return new Promise((resolve, reject) => {
      const onAbort = () => reject(signal?.reason as Error);
      signal?.addEventListener('abort', onAbort, { once: true });
      offload.submit(writer.memory, 0, length, to, (error) => {
        signal?.removeEventListener('abort', onAbort);
        if (error === undefined) resolve(sequence);
        else rejectAtAwait(resolve, error);
      });
    });
  }

  sendMany(messages: readonly OutgoingMessage[], to: Destination | undefined): number[] {
    writer.reset();
    const sequences = messages.map((message) => {
      const { sequence = this.#nextSequence() } = message;
      writeMessage(writer, message, sequence, this.#port.portId);
      return sequence;
    });
    this.#sendWritten(writer.length, to);
    return sequences;
  }

  sendDatagram(bytes: Uint8Array, to: Destination | undefined): void {
    writer.reset();
    writer.append(bytes);
    this.#sendWritten(bytes.length, to);
  }

  #sendWritten(length: number, to: Destination | undefined): void {
    if (to === undefined) {
      this.#port.send(writer.memory, 0, length);
      return;
    }
    const { portId, groupMask } = checkDestination('send', to);
    this.#port.sendTo(writer.memory, 0, length, portId, groupMask);
  }
}

// Shared by all sockets of this thread: it is in use only during a send.
const writer = new WireWriter(64 * 1024);
