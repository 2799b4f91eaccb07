import { UsageError } from './usage-error.js';
import { didYouMean } from './nearest.js';

/** What a shell offers as completions of a value. */
export type Completion = 'file' | 'folder' | 'command' | (() => readonly string[]);

/** A kind of value: its name in help texts, and how its text is read. */
export interface ValueKind<T> {
  readonly name: string;
  readonly complete?: Completion;
  /** Throws a UsageError that says what the value must be, and what was passed. */
  readonly read: (text: string) => T;
}

export function text(name: string, complete?: Completion): ValueKind<string> {
  return { name, ...(complete && { complete }), read: (given) => given };
}

/** Text of a form; `rule` completes the sentence "must be …". */
export function matching(name: string, form: RegExp, rule: string): ValueKind<string> {
  return { name, read: (given) => (form.test(given) ? given : refuse(rule, given)) };
}

export function integer(name: string, least: number, most = Number.MAX_SAFE_INTEGER): ValueKind<number> {
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  return {
    name,
    read(given) {
      const value = Number(given);
      if (/^\d+$/.test(given) && value >= least && value <= most) return value;
      return refuse(`an integer ${range}`, given);
    },
  };
}

/** Seconds, with a fraction if need be; as milliseconds. */
export function seconds(name: string, least: number, most = 86_400): ValueKind<number> {
  return {
    name,
    read(given) {
      const value = /^\d*\.?\d+$/.test(given) ? Number(given) : NaN;
      if (value >= least && value <= most) return value * 1000;
      return refuse(`a number of seconds from ${least} to ${most}`, given);
    },
  };
}

/** One of these words. */
export function choice<const T extends string>(name: string, words: readonly T[]): ValueKind<T> {
  return {
    name,
    complete: () => words,
    read(given) {
      const word = words.find((each) => each === given);
      if (word !== undefined) return word;
      const expected = words.map((each) => `'${each}'`).join(', ');
      throw new UsageError(
        `unknown value '${given}'${didYouMean(given, words)}: expected one of ${expected}`,
      );
    },
  };
}

/** Values separated by commas. */
export function list<T>(name: string, item: ValueKind<T>): ValueKind<readonly T[]> {
  return { name, read: (given) => given.split(',').map((each) => item.read(each.trim())) };
}

function refuse(rule: string, given: string): never {
  throw new UsageError(`must be ${rule}, got '${given}'`);
}
