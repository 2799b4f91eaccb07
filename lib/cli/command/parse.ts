import { parseArgs } from 'node:util';
import { didYouMean } from './nearest.js';
import type { Options, OptionValues } from './option.js';
import type { Positional, Positionals, PositionalValues } from './positional.js';
import { UsageError } from './usage-error.js';

export interface Arguments<O extends Options, P extends Positionals> {
  readonly options: OptionValues<O>;
  readonly positionals: PositionalValues<P>;
}

/** Reads the arguments of a command. Throws a UsageError. */
export function parse<O extends Options, P extends Positionals>(
  described: { readonly options: O; readonly positionals: P },
  args: readonly string[],
): Arguments<O, P> {
  const { given, places } = split(described.options, args);
  const options = Object.entries(described.options).map(([name, option]) => [
    name,
    named(`--${name}`, () => option.read(given.get(name) ?? [])),
  ]);
  return {
    // Safe casts: both have exactly these properties, each read by the option or argument that defines its type.
    options: Object.fromEntries(options) as OptionValues<O>,
    positionals: assign(described.positionals, places, given) as PositionalValues<P>,
  };
}

interface Split {
  /** The texts passed for each option; an empty one for a flag. */
  readonly given: ReadonlyMap<string, readonly string[]>;
  readonly places: readonly string[];
}

/** Node's parser finds options and values; the errors are ours, so that they can suggest names. */
function split(options: Options, args: readonly string[]): Split {
  const { tokens } = parseArgs({
    args: withBareValues(options, args),
    strict: false,
    tokens: true,
    options: Object.fromEntries(
      Object.entries(options).map(([name, { short, value }]) => [
        name,
        { type: value === undefined ? ('boolean' as const) : ('string' as const), ...(short && { short }) },
      ]),
    ),
  });
  const given = new Map<string, string[]>();
  const places: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') places.push(token.value);
    if (token.kind !== 'option') continue;
    const { name, rawName, value = '', inlineValue } = token;
    if (!Object.hasOwn(options, name)) throw unknownOption(rawName, options);
    const takesValue = options[name]?.value;
    if (takesValue === undefined && inlineValue === true)
      throw new UsageError(`${rawName}: must not have a value, got '${value}'`);
    if (takesValue !== undefined && (token.value === undefined || (!inlineValue && /^-./.test(value))))
      throw new UsageError(`${rawName}: the value is missing: ${rawName} ${takesValue}`);
    given.set(name, [...(given.get(name) ?? []), value]);
  }
  return { given, places };
}

/** Node's parser does not support optional values: it would use the next argument as the value. */
function withBareValues(options: Options, args: readonly string[]): string[] {
  const end = args.indexOf('--');
  return args.map((arg, index) => {
    const name = arg.startsWith('--') && (end === -1 || index < end) ? arg.slice(2) : '';
    const whenBare = Object.hasOwn(options, name) ? options[name]?.whenBare : undefined;
    return whenBare === undefined ? arg : `${arg}=${whenBare}`;
  });
}

function unknownOption(rawName: string, options: Options): UsageError {
  const suggestion = rawName.startsWith('--')
    ? didYouMean(rawName.slice(2), [...Object.keys(options), 'help'], '--')
    : '';
  return new UsageError(`unknown option '${rawName}'${suggestion}`);
}

function assign(positionals: Positionals, places: readonly string[], given: Split['given']): object {
  const left = [...places];
  const values = Object.entries(positionals).map(([key, positional]) => {
    const taken = take(positional, left, given);
    return [key, named(positional.name, () => positional.read(taken))];
  });
  const [surplus] = left;
  if (surplus !== undefined)
    throw new UsageError(`unexpected argument '${surplus}'; quote an argument that has spaces in it`);
  return Object.fromEntries(values) as object;
}

function take(positional: Positional<unknown>, left: string[], given: Split['given']): string[] {
  const { name, summary, least, isRepeatable, insteadOf } = positional;
  if (insteadOf !== undefined && given.has(insteadOf)) return [];
  const taken = left.splice(0, isRepeatable ? left.length : 1);
  if (taken.length >= least) return taken;
  throw new UsageError(`${name} is missing: ${summary}`);
}

/** Prepends the name of what is read to the reason why it cannot be read. */
function named<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof UsageError) throw new UsageError(`${name}: ${error.message}`);
    throw error;
  }
}
