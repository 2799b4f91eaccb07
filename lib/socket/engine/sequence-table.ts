import type { Transaction } from './transaction.js';

const INITIAL_SIZE = 256;
/** Sequence numbers have 32 bits; 0 is what the kernel's own messages carry. */
const LAST_SEQUENCE = 0xffffffff;

/** The transactions that wait for answers, by their sequence numbers; the numbers' low bits are indexes into an array. */
export class SequenceTable {
  #slots: (Transaction | undefined)[] = new Array<Transaction | undefined>(INITIAL_SIZE).fill(undefined);
  #used = 0;
  #next: number;

  constructor(firstSequence: number) {
    this.#next = firstSequence;
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

  /** Takes a sequence number, whose place stays free until the next is taken: see {@link keep}. */
  take(): number {
    let sequence = this.#next;
    while (sequence === 0 || sequence > LAST_SEQUENCE || this.#slots[this.#index(sequence)] !== undefined) {
      sequence = sequence >= LAST_SEQUENCE ? 1 : sequence + 1;
    }
    this.#next = sequence + 1;
    return sequence;
  }

  /** Keeps a transaction of one message under the sequence number that was taken last, until it is removed. */
  keep(transaction: Transaction, sequence: number): void {
    transaction.sequence = sequence;
    this.#used += 1;
    this.#slots[this.#index(sequence)] = transaction;
    if (this.#used > this.#slots.length / 2) this.#grow();
  }

  find(sequence: number): Transaction | undefined {
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
    this.#slots = new Array<Transaction | undefined>(this.#slots.length * 2).fill(undefined);
    for (const transaction of kept) {
      for (let index = 0; index < transaction.count; index++) {
        this.#slots[this.#index(transaction.sequence + index)] = transaction;
      }
    }
  }
}
