import { invalidArgument, malformed } from '../../errors.js';
import { suggestion } from '../../known-names.js';
import { shown } from '../../shown-value.js';
import { listOf } from './input.js';

/** A flag's name, or `bit7` for one that the specification does not know. */
export type FlagName<Name extends string> = Name | `bit${number}`;

/** Flags as input: their names, or the number that they combine to. */
export type FlagsInput<Name extends string> = readonly FlagName<Name>[] | number | bigint;

/** More combinations than any kernel sends; further ones are not cached. */
const REMEMBERED = 512;
/** Values below this limit, which includes nearly all, are looked up by index. */
const SMALL = 256;

/** Names of the values that an attribute or a member can have. */
export class Enumeration<Name extends string = string> {
  /** The values by name, as in the kernel's headers. */
  readonly values: Readonly<Record<Name, number>>;
  readonly #what: string;
  readonly #names = new Map<number, Name>();
  readonly #small: (Name | undefined)[] = [];
  readonly #numbers: ReadonlyMap<string, number>;

  /** @param what the enum's name, for messages */
  constructor(what: string, values: Readonly<Record<Name, number>>) {
    this.#what = what;
    this.values = values;
    const entries = Object.entries<number>(values) as [Name, number][];
    this.#numbers = new Map(entries);
    for (const [name, value] of entries) {
      if (this.#names.has(value)) continue;
      this.#names.set(value, name);
    }
    for (let value = 0; value < SMALL && value <= Math.max(...this.#names.keys()); value++) {
      this.#small.push(this.#names.get(value));
    }
  }

  /** The name of a value. Without a name: the value itself, or with `strict` an `ERR_NETLINK_MALFORMED`. */
  name(value: number, strict = false): Name | number {
    const name = this.#small[value] ?? this.#names.get(value);
    if (name !== undefined) return name;
    if (strict) throw malformed(`unknown ${this.#what} ${value}`);
    return value;
  }

  /** Like `name`, for 64-bit values. */
  name64(value: bigint, strict = false): Name | bigint {
    const name = this.#names.get(Number(value));
    if (name !== undefined) return name;
    if (strict) throw malformed(`unknown ${this.#what} ${value}`);
    return value;
  }

  /** The number of a name; returns numbers unchanged. */
  value<Value extends number | bigint>(input: Name | Value): number | Value {
    if (typeof input !== 'string') return input;
    const value = this.#numbers.get(input);
    if (value === undefined) throw unknownName(input, this.#what, this.#numbers);
    return value;
  }
}

/** Names of the bits of an attribute or a member. */
export class FlagSet<Name extends string = string> {
  /** The number of each flag's bit, by name. */
  readonly bits: Readonly<Record<Name, number>>;
  readonly #what: string;
  readonly #names: readonly (Name | undefined)[];
  readonly #numbers: ReadonlyMap<string, number>;
  readonly #known = new Map<number | bigint, readonly FlagName<Name>[]>();
  readonly #small: (readonly FlagName<Name>[])[] = [];

  /** @param what the flags' name, for messages */
  constructor(what: string, bits: Readonly<Record<Name, number>>) {
    this.#what = what;
    this.bits = bits;
    const entries = Object.entries<number>(bits) as [Name, number][];
    this.#numbers = new Map(entries);
    const names: (Name | undefined)[] = Array.from({ length: 64 });
    for (const [name, bit] of entries) names[bit] ??= name;
    this.#names = names;
  }

  /** The names of the bits that are set, lowest first. The array is shared and frozen. */
  names(mask: number, strict = false): readonly FlagName<Name>[] {
    return this.#small[mask] ?? this.#known.get(mask) ?? this.#remember(mask, strict);
  }

  /** Like `names`, for masks of 64 bits. */
  names64(mask: bigint, strict = false): readonly FlagName<Name>[] {
    return this.#known.get(mask) ?? this.#remember(mask, strict);
  }

  /** The number that flags combine to, for up to 32 bits. */
  mask(input: FlagsInput<Name>): number {
    if (typeof input === 'number') return input;
    return Number(this.mask64(input));
  }

  /** Like `mask`, for masks of 64 bits. */
  mask64(input: FlagsInput<Name>): bigint {
    if (typeof input === 'bigint') return input;
    if (typeof input === 'number') return this.#whole(input);
    let mask = 0n;
    for (const name of listOf(input)) mask |= 1n << BigInt(this.#bit(name));
    return mask;
  }

  #whole(input: number): bigint {
    if (Number.isInteger(input)) return BigInt(input);
    throw invalidArgument(`${this.#what}: ${shown(input)} must be an integer, or a list of names`);
  }

  #bit(name: string): number {
    const bit = this.#numbers.get(name);
    if (bit !== undefined) return bit;
    const [, number] = /^bit(\d{1,2})$/.exec(name) ?? [];
    if (number === undefined || Number(number) > 63) throw unknownName(name, this.#what, this.#numbers);
    return Number(number);
  }

  #remember(mask: number | bigint, strict: boolean): readonly FlagName<Name>[] {
    const names: FlagName<Name>[] = [];
    for (let bit = 0, rest = BigInt(mask); rest !== 0n; bit++, rest >>= 1n) {
      if ((rest & 1n) === 0n) continue;
      const name = this.#names[bit];
      if (name === undefined && strict) throw malformed(`unknown bit ${bit} of ${this.#what}`);
      names.push(name ?? `bit${bit}`);
    }
    const frozen = Object.freeze(names);
    const complete = names.every((name) => this.#numbers.has(name));
    if (!complete || this.#known.size === REMEMBERED) return frozen;
    this.#known.set(mask, frozen);
    if (typeof mask === 'number' && mask >= 0 && mask < SMALL) this.#small[mask] = frozen;
    return frozen;
  }
}

function unknownName(name: string, what: string, known: ReadonlyMap<string, unknown>): Error {
  return invalidArgument(`unknown ${what} ${shown(name)}${suggestion(name, known.keys())}`);
}
