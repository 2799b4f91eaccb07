import type { Completion, ValueKind } from './values.js';

/** An option of a command, as help texts, the parser, shell completion and the manual page see it. */
export interface Option<T> {
  readonly summary: string;
  /** One letter. */
  readonly short?: string;
  /** The value's name in help texts; absent on a flag. */
  readonly value?: string;
  /** The value if the option is absent. */
  readonly byDefault?: string;
  /** The value if the option is passed without one; a value must then follow an equals sign. */
  readonly whenBare?: string;
  readonly isRepeatable?: boolean;
  readonly complete?: Completion;
  /** Reads all passed values in order; none if the option is absent. */
  readonly read: (given: readonly string[]) => T;
}

export type Options = Readonly<Record<string, Option<unknown>>>;

/** An object with the value of each option. */
export type OptionValues<O extends Options> = {
  readonly [Name in keyof O]: O[Name] extends Option<infer T> ? T : never;
};

interface Details {
  readonly short?: string;
  readonly whenBare?: string;
}

/** On or off. */
export function flag(summary: string, details: Pick<Details, 'short'> = {}): Option<boolean> {
  return { summary, ...details, read: (given) => given.length > 0 };
}

/** An option with one value; the last one counts. A default is written as a user would type it. */
export function option<T>(
  summary: string,
  kind: ValueKind<T>,
  details: Details & { readonly byDefault: string },
): Option<T>;
export function option<T>(summary: string, kind: ValueKind<T>, details?: Details): Option<T | undefined>;
export function option<T>(
  summary: string,
  { name, complete, read }: ValueKind<T>,
  details: Details & { readonly byDefault?: string } = {},
): Option<T | undefined> {
  return {
    summary,
    value: name,
    ...(complete && { complete }),
    ...details,
    read(given) {
      const last = given.at(-1) ?? details.byDefault;
      return last === undefined ? undefined : read(last);
    },
  };
}

/** An option that may be repeated. */
export function repeatable<T>(summary: string, { name, complete, read }: ValueKind<T>): Option<readonly T[]> {
  return {
    summary,
    value: name,
    isRepeatable: true,
    ...(complete && { complete }),
    read: (given) => given.map((each) => read(each)),
  };
}
