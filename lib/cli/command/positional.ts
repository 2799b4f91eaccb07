import type { Completion, ValueKind } from './values.js';

/** An argument that is known by its place. */
export interface Positional<T> {
  readonly name: string;
  readonly summary: string;
  readonly least: 0 | 1;
  readonly isRepeatable: boolean;
  readonly complete?: Completion;
  /** The option that this argument replaces. */
  readonly insteadOf?: string;
  /** Reads the passed texts: at most one, unless the argument is repeatable. */
  readonly read: (given: readonly string[]) => T;
}

export type Positionals = Readonly<Record<string, Positional<unknown>>>;

export type PositionalValues<P extends Positionals> = {
  readonly [Name in keyof P]: P[Name] extends Positional<infer T> ? T : never;
};

export function required<T>(summary: string, kind: ValueKind<T>): Positional<T> {
  const { read, ...described } = optional(summary, kind);
  // The parser has checked that there is one.
  return { ...described, least: 1, read: (given) => read(given) as T };
}

/** Required, unless the option is present. */
export function insteadOf<T>(name: string, summary: string, kind: ValueKind<T>): Positional<T | undefined> {
  return { ...optional(summary, kind), least: 1, insteadOf: name };
}

export function optional<T>(summary: string, kind: ValueKind<T>): Positional<T | undefined> {
  return {
    ...described(summary, kind),
    least: 0,
    isRepeatable: false,
    read: ([given]) => (given === undefined ? undefined : kind.read(given)),
  };
}

/** The rest of the command line: `least` or more arguments. */
export function rest<T>(summary: string, kind: ValueKind<T>, least: 0 | 1 = 0): Positional<readonly T[]> {
  return {
    ...described(summary, kind),
    least,
    isRepeatable: true,
    read: (given) => given.map((each) => kind.read(each)),
  };
}

function described(
  summary: string,
  kind: ValueKind<unknown>,
): Pick<Positional<unknown>, 'name' | 'summary' | 'complete'> {
  return { name: kind.name, summary, ...(kind.complete && { complete: kind.complete }) };
}
