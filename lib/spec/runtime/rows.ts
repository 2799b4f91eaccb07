/** Which rows of a column have a value. Nearly always all have one: then it takes no memory. */
export class Presence {
  /** So many rows from the first on have a value; all that have one as long as there are no {@link #gaps}. */
  #dense = 0;
  /** A bit for each row, set where it has a value; there from the first row on that lacked one. */
  #gaps: Uint8Array | undefined;

  /** Takes note of a value in `row`, which is the last one so far or behind it; there is room for `capacity` rows. */
  add(row: number, capacity: number): void {
    if (this.#gaps === undefined) {
      if (row === this.#dense) this.#dense += 1;
      if (row < this.#dense) return;
      this.#gaps = bits(capacity, this.#dense);
    }
    const at = row >>> 3;
    this.#gaps[at] = (this.#gaps[at] ?? 0) | (1 << (row & 7));
  }

  /** Takes note that all of the first `rows` rows have a value, before anything else. */
  fill(rows: number): void {
    this.#dense = rows;
  }

  has(row: number): boolean {
    if (this.#gaps === undefined) return row < this.#dense;
    return (((this.#gaps[row >>> 3] ?? 0) >>> (row & 7)) & 1) === 1;
  }

  /** Makes room for `capacity` rows. */
  grow(capacity: number): void {
    if (this.#gaps === undefined) return;
    const larger = bits(capacity, 0);
    larger.set(this.#gaps);
    this.#gaps = larger;
  }
}

/** So many bits, of which the first `set` are set. */
function bits(count: number, set: number): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(count / 8)).fill(0xff, 0, set >>> 3);
  if (set % 8 !== 0) bytes[set >>> 3] = (1 << (set % 8)) - 1;
  return bytes;
}

interface TypedArray<Self> {
  readonly length: number;
  slice(start: number, end: number): Self;
  subarray(start: number, end: number): Self;
}

/** The first `length` elements: a copy, unless that would save little memory and cost as much again. */
export function trimmed<Array extends TypedArray<Array>>(values: Array, length: number): Array {
  return length >= values.length * 0.75 ? values.subarray(0, length) : values.slice(0, length);
}
