import { Transform, type TransformCallback } from 'node:stream';

/**
 * Passes a stream on up to a trailer, which is left out with all that follows it. Bytes that may be the trailer's beginning
 * are held back until it is clear what they are.
 */
export class UntilTrailer extends Transform {
  private held = Buffer.alloc(0);
  private found = false;

  constructor(
    private readonly trailer: Buffer,
    private readonly onFound: () => void,
  ) {
    super();
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    if (this.found) {
      done();
      return;
    }
    const data = Buffer.concat([this.held, chunk]);
    const at = data.indexOf(this.trailer);
    this.found = at >= 0;
    const passed = this.found ? at : data.length - this.heldLength(data);
    this.held = data.subarray(passed);
    if (passed > 0) this.push(data.subarray(0, passed));
    if (this.found) this.onFound();
    done();
  }

  override _flush(done: TransformCallback): void {
    if (!this.found && this.held.length > 0) this.push(this.held);
    done();
  }

  /** The length of the longest end of `data` that the trailer starts with. */
  private heldLength(data: Buffer): number {
    let length = Math.min(this.trailer.length - 1, data.length);
    while (length > 0 && !data.subarray(data.length - length).equals(this.trailer.subarray(0, length)))
      length -= 1;
    return length;
  }
}
