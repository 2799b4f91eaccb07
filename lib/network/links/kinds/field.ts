import { invalidArgument } from '../../../errors.js';
import { checkOptions } from '../../../known-names.js';
import { shown } from '../../../shown-value.js';
import { boolean, integer, oneOf } from '../../checks.js';
import { ipAddress } from '../../ip.js';

/** How one option of a kind of link is read from the kernel's attributes, and written to them. */
export interface Field<Value> {
  read(data: Attributes): Value | undefined;
  write(where: string, value: Value): object;
}

/** The attributes of a kind: generated types differ from kind to kind, the names in the tables below are theirs. */
export type Attributes = Readonly<Record<string, unknown>>;

/** All options of a kind. The compiler sees to it that each has its field. */
export type Fields<Options> = {
  readonly [Name in keyof Options]-?: Field<Exclude<Options[Name], undefined>>;
};

/** An integer attribute. */
export function number(key: string, maximum: number, minimum = 0): Field<number> {
  return {
    read: (data) => numberIn(data, key),
    write: (where, value) => ({ [key]: integer(where, value, minimum, maximum) }),
  };
}

/** An attribute that is zero or one. */
export function flag(key: string): Field<boolean> {
  return {
    read: (data) => {
      const value = data[key];
      return value === undefined ? undefined : value !== 0 && value !== false;
    },
    write: (where, value) => ({ [key]: Number(boolean(where, value)) }),
  };
}

/** A time that the kernel counts in hundredths of a second (USER_HZ). */
export function seconds(key: string): Field<number> {
  return {
    read: (data) => {
      const value = numberIn(data, key);
      return value === undefined ? undefined : value / 100;
    },
    write: (where, value) => {
      if (typeof value === 'number' && value >= 0 && value <= 0xffffffff / 100) {
        return { [key]: Math.round(value * 100) };
      }
      throw invalidArgument(`${where} must be seconds from 0 to 42949672, got ${shown(value)}`);
    },
  };
}

/** One of several names. */
export function named<Name extends string>(key: string, names: Readonly<Record<Name, number>>): Field<Name> {
  const entries = Object.entries<number>(names);
  return {
    read: (data) => entries.find(([, value]) => value === data[key])?.[0] as Name | undefined,
    write: (where, value) => ({ [key]: oneOf(where, value, names) }),
  };
}

/** An address, which IPv4 and IPv6 have separate attributes for. */
export function address(ipv4: string, ipv6: string): Field<string> {
  return {
    read: (data) => (data[ipv4] ?? data[ipv6]) as string | undefined,
    write: (where, value) => {
      const text = ipAddress(where, value);
      return { [text.includes(':') ? ipv6 : ipv4]: text };
    },
  };
}

/** The options of a kind, as the kernel has them. */
export function readFields<Options>(fields: Fields<Options>, data: Attributes): Options {
  const options: Record<string, unknown> = {};
  for (const [name, field] of entriesOf(fields)) {
    const value = field.read(data);
    if (value !== undefined) options[name] = value;
  }
  return options as Options;
}

/** The attributes of a kind, of checked options. */
export function writeFields<Options extends object>(
  where: string,
  fields: Fields<Options>,
  options: Options,
): object {
  const known = Object.fromEntries(Object.keys(fields).map((name) => [name, true as const]));
  checkOptions(where, options, Object.assign(Object.create(null) as object, known));
  const parts = entriesOf(fields).map(([name, field]) => {
    const value = (options as Attributes)[name];
    return value === undefined ? {} : field.write(`${where}: ${name}`, value);
  });
  return Object.assign({}, ...parts) as object;
}

function entriesOf(fields: object): [string, Field<unknown>][] {
  return Object.entries(fields) as [string, Field<unknown>][];
}

function numberIn(data: Attributes, key: string): number | undefined {
  const value = data[key];
  return value === undefined ? undefined : Number(value);
}
