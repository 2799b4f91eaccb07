import { WireWriter } from '../../wire/writer.js';

const CAPACITY = 4096;
/** A writer that has grown beyond is left to the garbage collector. */
const LARGEST_KEPT = 256 * 1024;

/** Writers of a socket's batches: memory for messages is dearer than what is written there. */
export class Writers {
  #spare: WireWriter | undefined;

  take(): WireWriter {
    const writer = this.#spare ?? new WireWriter(CAPACITY);
    this.#spare = undefined;
    return writer;
  }

  /** Nobody may refer to what was written any more. */
  giveBack(writer: WireWriter): void {
    if (writer.bytes.length > LARGEST_KEPT) return;
    writer.reset();
    this.#spare = writer;
  }
}
