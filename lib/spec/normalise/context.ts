import { specError, type SpecPlace } from '../spec-error.js';
import type { SpecNode } from '../spec-node.js';

/** Things of one kind by name. A duplicate or unknown name is an error in the spec. */
export class Named<T> {
  readonly #kind: string;
  readonly #entries = new Map<string, T>();

  constructor(kind: string) {
    this.#kind = kind;
  }

  add(name: string, entry: T, place: SpecPlace): void {
    if (this.#entries.has(name)) throw specError(place, `duplicate ${this.#kind} '${name}'`);
    this.#entries.set(name, entry);
  }

  find(name: string): T | undefined {
    return this.#entries.get(name);
  }

  /** The thing that the text under `key` names. */
  get(node: SpecNode, key: string): T {
    const name = node.string(key);
    const entry = this.#entries.get(name);
    if (entry === undefined) {
      throw node.error(`unknown ${this.#kind} '${name}'${this.#suggestion(name)}`, key);
    }
    return entry;
  }

  optional(node: SpecNode, key: string): T | undefined {
    return node.has(key) ? this.get(node, key) : undefined;
  }

  values(): T[] {
    return [...this.#entries.values()];
  }

  #suggestion(name: string): string {
    const near = [...this.#entries.keys()].filter((known) => known.includes(name) || name.includes(known));
    return near.length === 0 ? '' : ` (similar: ${near.slice(0, 5).join(', ')})`;
  }
}
