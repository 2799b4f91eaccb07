import { malformed } from '../../errors.js';
import { formatIpv4, formatIpv6, formatMac, formatUuid } from '../../wire/addresses.js';
import type { WireView } from '../../wire/view.js';
import type { AddressForm } from '../model.js';
import type { AddressColumn } from './client.js';
import { type Gaps, trimmed } from './rows.js';

const FIRST_STRIDE: Readonly<Record<AddressForm, number>> = { mac: 6, ipv4: 4, ipv6: 16, ip: 4, uuid: 16 };

/** Bytes of an address; the kernel's longest have 32 (MAX_ADDR_LEN). */
const MOST = 255;

/**
 * Addresses in one piece of memory, one per row. Rows are as wide as the longest address so far: four bytes while
 * all addresses are IPv4.
 */
export class AddressRows {
  readonly #form: AddressForm;
  #stride: number;
  #capacity = 0;
  #bytes: Uint8Array = new Uint8Array();
  /** The rows as words, while each row and each address is one word. */
  words: Int32Array | undefined = undefined;
  /** The length of each address; unset while every address fills its row. */
  #lengths: Uint8Array | undefined;

  constructor(form: AddressForm) {
    this.#form = form;
    this.#stride = FIRST_STRIDE[form];
  }

  put(view: WireView, from: number, end: number, row: number): void {
    const length = end - from;
    if (length !== this.#stride) this.#fit(length, row);
    const { bytes } = view;
    const rows = this.#bytes;
    const at = row * this.#stride;
    for (let index = 0; index < length; index++) rows[at + index] = bytes[from + index] ?? 0;
    if (this.#lengths !== undefined) this.#lengths[row] = length;
  }

  grow(capacity: number): void {
    this.#bytes = larger(this.#bytes, capacity * this.#stride);
    if (this.#lengths !== undefined) this.#lengths = larger(this.#lengths, capacity);
    this.#capacity = capacity;
    this.#updateWords();
  }

  finish(length: number, gaps: Gaps): AddressColumn {
    const stride = this.#stride;
    const bytes = trimmed(this.#bytes, length * stride);
    const lengths = this.#lengths === undefined ? undefined : trimmed(this.#lengths, length);
    return {
      length,
      stride,
      bytes,
      at: (row) =>
        row < length && !gaps.has(row)
          ? format(this.#form, bytes, row * stride, lengths?.[row] ?? stride)
          : undefined,
    };
  }

  /** Prepares for an address whose length differs from that of the `rows` so far. */
  #fit(length: number, rows: number): void {
    if (length > MOST) throw malformed(`an address must have at most ${MOST} bytes, got ${length}`);
    this.#lengths ??= new Uint8Array(this.#capacity).fill(this.#stride, 0, rows);
    if (length > this.#stride) this.#widen(length, rows);
    this.#updateWords();
  }

  #updateWords(): void {
    const plain = this.#stride === 4 && this.#lengths === undefined;
    this.words = plain ? new Int32Array(this.#bytes.buffer) : undefined;
  }

  #widen(stride: number, rows: number): void {
    const bytes = new Uint8Array(this.#capacity * stride);
    for (let row = 0; row < rows; row++) {
      bytes.set(this.#bytes.subarray(row * this.#stride, (row + 1) * this.#stride), row * stride);
    }
    this.#bytes = bytes;
    this.#stride = stride;
  }
}

function larger(bytes: Uint8Array, length: number): Uint8Array {
  const copy = new Uint8Array(length);
  copy.set(bytes);
  return copy;
}

function format(form: AddressForm, bytes: Uint8Array, at: number, length: number): string {
  if (form === 'uuid') return formatUuid(bytes, at);
  if (form !== 'mac' && length === 4) return formatIpv4(bytes, at);
  if (form !== 'mac' && length === 16) return formatIpv6(bytes, at);
  return formatMac(bytes, at, at + length);
}
