import { specError, type SpecPlace } from './spec-error.js';
import type { NetlinkError } from '../errors.js';

/** Excludes `__proto__`, and anything that could end a literal or a comment in generated code. */
const NAME = /^[0-9A-Za-z_-]{0,127}[0-9A-Za-z]$/;

/** A mapping of the parsed spec, read with checks. Every error names the file and the path. */
export class SpecNode {
  readonly file: string;
  readonly path: string;
  readonly #values: ReadonlyMap<string, unknown>;

  constructor(value: unknown, place: SpecPlace) {
    this.file = place.file;
    this.path = place.path;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw this.error(`must be a mapping, got ${describe(value)}`);
    }
    this.#values = new Map(Object.entries(value).filter(([, entry]) => entry !== undefined));
  }

  /** Refuses keys that the spec language does not have here, which are nearly always misspelt. */
  allow(keys: ReadonlySet<string>): this {
    for (const key of this.#values.keys()) {
      if (!keys.has(key)) throw this.error(`unknown key '${key}' (expected one of ${[...keys].join(', ')})`);
    }
    return this;
  }

  /** This mapping, with missing keys inherited from another: a subset's attribute and its parent's. */
  over(inherited: SpecNode): SpecNode {
    // A type of its own has a byte order of its own: IFLA_IPTUN_FLAGS is big-endian in 16 bits, and not in 32.
    if (this.has('type')) inherited = inherited.without('byte-order');
    return new SpecNode(Object.fromEntries([...inherited.#values, ...this.#values]), this);
  }

  private without(key: string): SpecNode {
    return new SpecNode(Object.fromEntries([...this.#values].filter(([name]) => name !== key)), this);
  }

  has(key: string): boolean {
    return this.#values.has(key);
  }

  raw(key: string): unknown {
    return this.#values.get(key);
  }

  string(key: string): string {
    return this.optionalString(key) ?? this.#missing(key);
  }

  optionalString(key: string): string | undefined {
    const value = this.#values.get(key);
    if (value === undefined || typeof value === 'string') return value;
    throw this.error(`must be text, got ${describe(value)}`, key);
  }

  /** The name by which other parts refer to this one. */
  name(): string {
    return this.#checkedName(this.string('name'), 'name');
  }

  /** A list of names. */
  names(key: string): string[] {
    return this.strings(key).map((name, index) => this.#checkedName(name, `${key}[${index}]`));
  }

  /** An entry of a list that is only a name, where others are mappings. */
  nameIn(value: string, key: string): string {
    return this.#checkedName(value, key);
  }

  /** The prefix of constants; may be empty. */
  optionalPrefix(key: string): string | undefined {
    return this.#matching(
      key,
      /^[0-9A-Za-z_-]{0,64}$/,
      'a prefix of letters, digits, hyphens and underscores',
    );
  }

  /** The name of a C header. */
  optionalHeader(key: string): string | undefined {
    return this.#matching(key, /^[\w./-]{1,128}\.h$/, 'the path of a C header, such as linux/if.h');
  }

  /** Text of printable ASCII characters, such as the names of the kernel's groups, kinds and expressions. */
  printable(key: string): string {
    return (
      this.#matching(key, /^[\x21-\x7e]{1,64}$/, 'printable ASCII characters, 1 to 64, without spaces') ??
      this.#missing(key)
    );
  }

  choice<T extends string>(key: string, choices: readonly T[]): T {
    return this.optionalChoice(key, choices) ?? this.#missing(key);
  }

  optionalChoice<T extends string>(key: string, choices: readonly T[]): T | undefined {
    const value = this.optionalString(key);
    if (value === undefined) return undefined;
    const found = choices.find((choice) => choice === value);
    if (found === undefined)
      throw this.error(`unknown value '${value}' (expected one of ${choices.join(', ')})`, key);
    return found;
  }

  boolean(key: string): boolean {
    const value = this.#values.get(key) ?? false;
    if (typeof value !== 'boolean') throw this.error(`must be true or false, got ${describe(value)}`, key);
    return value;
  }

  integer(key: string): number {
    return this.optionalInteger(key) ?? this.#missing(key);
  }

  optionalInteger(key: string): number | undefined {
    const value = this.#values.get(key);
    if (value === undefined) return undefined;
    if (typeof value !== 'number' || !Number.isSafeInteger(value)) {
      throw this.error(`must be an integer, got ${describe(value)}`, key);
    }
    return value;
  }

  unsigned(key: string, most = 0xffffffff): number | undefined {
    const value = this.optionalInteger(key);
    if (value !== undefined && (value < 0 || value > most)) {
      throw this.error(`must be from 0 to ${most}, got ${value}`, key);
    }
    return value;
  }

  child(key: string): SpecNode {
    return this.optionalChild(key) ?? this.#missing(key);
  }

  optionalChild(key: string): SpecNode | undefined {
    const value = this.#values.get(key);
    return value === undefined ? undefined : new SpecNode(value, this.at(key));
  }

  /** The mappings of a list; messages identify each by its `name` (or `value`). */
  children(key: string, label = 'name'): SpecNode[] {
    return this.list(key).map((value, index) => {
      const own = isMapping(value) ? value[label] : undefined;
      const tag = typeof own === 'string' ? own : String(index);
      return new SpecNode(value, { file: this.file, path: `${this.#join(key)}[${tag}]` });
    });
  }

  list(key: string): readonly unknown[] {
    const value = this.#values.get(key);
    if (value === undefined || value === null) return [];
    if (!Array.isArray(value)) throw this.error(`must be a list, got ${describe(value)}`, key);
    return value;
  }

  strings(key: string): string[] {
    return this.list(key).map((value, index) => {
      if (typeof value === 'string') return value;
      throw this.error(`must be text, got ${describe(value)}`, `${key}[${index}]`);
    });
  }

  at(key: string): SpecPlace {
    return { file: this.file, path: this.#join(key) };
  }

  error(reason: string, key?: string): NetlinkError {
    return specError(key === undefined ? this : this.at(key), reason);
  }

  #checkedName(name: string, key: string): string {
    if (NAME.test(name)) return name;
    throw this.error(
      `a name must have at most 128 letters, digits, hyphens and underscores and end in a letter or a digit, got ${JSON.stringify(name)}`,
      key,
    );
  }

  #matching(key: string, pattern: RegExp, what: string): string | undefined {
    const text = this.optionalString(key);
    if (text === undefined || pattern.test(text)) return text;
    throw this.error(`must be ${what}, got ${JSON.stringify(text)}`, key);
  }

  #join(key: string): string {
    return this.path === '' ? key : `${this.path}.${key}`;
  }

  #missing(key: string): never {
    throw this.error(`'${key}' is missing`);
  }
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  if (typeof value === 'string') return `text ${JSON.stringify(value)}`;
  return typeof value === 'bigint' || typeof value === 'number' ? `number ${value}` : typeof value;
}
