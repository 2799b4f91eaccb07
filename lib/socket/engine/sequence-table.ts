import type { Transaction } from './transaction.js';

const INITIAL_SIZE = 256;
/** Sequence numbers have 32 bits; the kernel's own messages carry 0. */
const LAST_SEQUENCE = 0xffffffff;

/**
 * A socket's counter of sequence numbers, and the transactions that wait for answers under them. The low bits of a number
 * index an array.
 */
export class SequenceTable {
  #slots: (Transaction | undefined)[] = [];
  #used = 0;
  #next: number;

  constructor(firstSequence = 1) {
    this.#next = firstSequence;
  }

  /** Whether no transaction waits. */
  get empty(): boolean {
    return this.#used === 0;
  }

  /** Gives a transaction its sequence numbers and keeps it until it is removed. */
  add(transaction: Transaction): void {
    const { count } = transaction;
    while (this.#used + count > this.#slots.length / 2) this.#grow();
    let first = this.#next;
    for (let index = 0; index < count;) {
      if (first > LAST_SEQUENCE - count || first === 0) first = 1;
      if (this.#slots[this.#index(first + index)] === undefined) index += 1;
      else {
        first += index + 1;
        index = 0;
      }
    }
    transaction.sequence = first;
    this.#next = first + count;
    this.#used += count;
    for (let index = 0; index < count; index++) {
      this.#slots[this.#index(first + index)] = transaction;
    }
  }

  /** The next sequence number, for a single message. Its slot stays free until the next call: see {@link keep}. */
  readonly take = (): number => {
    let sequence = this.#next;
    if (this.#used === 0) {
      if (sequence > LAST_SEQUENCE) sequence = 1;
    } else {
      while (sequence > LAST_SEQUENCE || this.#slots[this.#index(sequence)] !== undefined) {
        sequence = sequence >= LAST_SEQUENCE ? 1 : sequence + 1;
      }
    }
    this.#next = sequence + 1;
    return sequence;
  };

  /** Keeps a transaction of one message under the sequence number that was taken last, until it is removed. */
  keep(transaction: Transaction, sequence: number): void {
    if (this.#slots.length === 0) this.#grow();
    transaction.sequence = sequence;
    this.#used += 1;
    this.#slots[this.#index(sequence)] = transaction;
    if (this.#used > this.#slots.length / 2) this.#grow();
  }

  find(sequence: number): Transaction | undefined {
    if (this.#used === 0) return undefined;
    const transaction = this.#slots[this.#index(sequence)];
    if (transaction === undefined) return undefined;
    const index = sequence - transaction.sequence;
    return index >= 0 && index < transaction.count ? transaction : undefined;
  }

  remove(transaction: Transaction): void {
    const { sequence, count } = transaction;
    this.#used -= count;
    for (let index = 0; index < count; index++) {
      this.#slots[this.#index(sequence + index)] = undefined;
    }
  }

  /** All transactions, each once. */
  all(): Set<Transaction> {
    const found = new Set<Transaction>();
    for (const transaction of this.#slots) if (transaction !== undefined) found.add(transaction);
    return found;
  }

  #index(sequence: number): number {
    return sequence & (this.#slots.length - 1);
  }

  #grow(): void {
    const kept = this.all();
    const size = Math.max(INITIAL_SIZE, this.#slots.length * 2);
    this.#slots = new Array<Transaction | undefined>(size).fill(undefined);
    for (const transaction of kept) {
      for (let index = 0; index < transaction.count; index++) {
        this.#slots[this.#index(transaction.sequence + index)] = transaction;
      }
    }
  }
}
