import { specError, type SpecPlace } from '../spec-error.js';
import type { SpecNode } from '../spec-node.js';

/** Things of one kind by name; a second one of the same name, or a name that is not there, is an error of the spec. */
export class Named<T> {
  readonly #kind: string;
  readonly #entries = new Map<string, T>();

  constructor(kind: string) {
    this.#kind = kind;
  }

  add(name: string, entry: T, place: SpecPlace): void {
    if (this.#entries.has(name)) throw specError(place, `a second ${this.#kind} named '${name}'`);
    this.#entries.set(name, entry);
  }

  find(name: string): T | undefined {
    return this.#entries.get(name);
  }

  /** What the text under `key` names. */
  get(node: SpecNode, key: string): T {
    const name = node.string(key);
    const entry = this.#entries.get(name);
    if (entry === undefined) {
      throw node.error(`there is no ${this.#kind} named '${name}'${this.#suggestion(name)}`, key);
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
    return near.length === 0 ? '' : `; near: ${near.slice(0, 5).join(', ')}`;
  }
}
