/** Which rows of a column lack a value. Nearly always none does, and then it uses no memory. */
export class Gaps {
  /** A bit for each row, set if the row has no value. */
  #bits = new Uint8Array();

  /** Records that `row` lacks a value; `capacity` is the number of rows that fit. */
  add(row: number, capacity: number): void {
    const at = row >>> 3;
    if (at >= this.#bits.length) this.#grow(capacity);
    this.#bits[at] = (this.#bits[at] ?? 0) | (1 << (row & 7));
  }

  has(row: number): boolean {
    return (((this.#bits[row >>> 3] ?? 0) >>> (row & 7)) & 1) === 1;
  }

  #grow(capacity: number): void {
    const larger = new Uint8Array(Math.ceil(capacity / 8));
    larger.set(this.#bits);
    this.#bits = larger;
  }
}

interface TypedArray<Self> {
  readonly length: number;
  slice(start: number, end: number): Self;
  subarray(start: number, end: number): Self;
}

/** The first `length` elements: a copy, unless copying costs more memory than it saves. */
export function trimmed<Array extends TypedArray<Array>>(values: Array, length: number): Array {
  return length >= values.length * 0.75 ? values.subarray(0, length) : values.slice(0, length);
}
