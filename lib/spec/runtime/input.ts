import { invalidArgument, NetlinkError } from '../../errors.js';
import { bytesOf, type Bytes } from '../../wire/bytes.js';

// What an encoder does with the values that people pass: checks of their kind, and errors that say where.

/** Bytes of a member of a structure, which has room for `length`. */
export function sized(input: Bytes, length: number, what: string): Uint8Array {
  const bytes = bytesOf(input);
  if (bytes.length === length) return bytes;
  throw invalidArgument(`${what} has ${length} bytes, not ${bytes.length}`);
}

/** Bytes for a member of a structure, which has room for `length`; the rest of it stays zero. */
export function upTo(input: Bytes, length: number): Uint8Array {
  const bytes = bytesOf(input);
  if (bytes.length <= length) return bytes;
  throw invalidArgument(`at most ${length} bytes have room here, not ${bytes.length}`);
}

/** An object, checked to be one. */
export function objectOf<T extends object>(input: T): T {
  if (typeof input === 'object' && (input as unknown) !== null) return input;
  throw invalidArgument(`an object is needed, not ${shown(input)}`);
}

export function listOf<T>(input: readonly T[]): readonly T[] {
  const given: unknown = input;
  if (Array.isArray(given)) return input;
  throw invalidArgument(`an array is needed, not ${shown(input)}`);
}

/** Elements of an array in a structure, which has room for `most`. */
export function atMost<T>(elements: readonly T[], most: number): readonly T[] {
  if (listOf(elements).length <= most) return elements;
  throw invalidArgument(`at most ${most} elements have room here, not ${elements.length}`);
}

export function textOf(input: string): string {
  if (typeof input === 'string') return input;
  throw invalidArgument(`text is needed, not ${shown(input)}`);
}

/** The one key of a sub-message's object, which says its format. */
export function tagOf(input: object): string {
  const keys = Object.keys(objectOf(input));
  const [tag] = keys;
  if (keys.length === 1 && tag !== undefined) return tag;
  throw invalidArgument(
    `exactly one key is needed, which says the format, such as { bridge: { … } }; these are ${keys.length}`,
  );
}

/**
 * What is to be written for a selector that the caller left out: the format of the data says it. Undefined where the
 * selector is given, which is checked, where other data in the same object (`earlier`) says it, or for raw data.
 *
 * @param key the selector's property
 */
export function impliedSelector(
  key: string,
  given: unknown,
  data: object,
  earlier: readonly (object | undefined)[] = [],
): string | undefined {
  const tag = tagOf(data);
  if (tag === 'raw') return undefined;
  const said = [given, ...earlier.map(formatOf)].find((value) => value !== undefined);
  if (said === undefined) return tag;
  if (said === tag) return undefined;
  throw invalidArgument(`${key} is ${shown(said)}, and the data is that of '${tag}'`);
}

function formatOf(data: object | undefined): string | undefined {
  const tag = data === undefined ? 'raw' : tagOf(data);
  return tag === 'raw' ? undefined : tag;
}

/** Refuses a property that stands for no attribute and no member; one that is undefined is passed over. */
export function refuseUnknown(input: object, key: string, what: string, besides?: ReadonlySet<string>): void {
  if (besides?.has(key) === true || (input as Readonly<Record<string, unknown>>)[key] === undefined) return;
  throw invalidArgument(`'${key}' is unknown: ${what} has none of that name`);
}

/** The same error, saying where in the input: each encoder on the way out puts its own property in front. */
export function within(key: string | number, cause: unknown): unknown {
  // A bigint or a symbol where a number is needed fails in arithmetic.
  const error = cause instanceof TypeError ? invalidArgument(cause.message) : cause;
  if (!(error instanceof NetlinkError) || error.code !== 'ERR_NETLINK_INVALID_ARGUMENT') return error;
  const inner = error instanceof InputError ? error : new InputError('', error);
  const own = typeof key === 'number' ? `[${key}]` : key;
  const dot = inner.path === '' || inner.path.startsWith('[') ? '' : '.';
  return new InputError(own + dot + inner.path, inner.reason);
}

/** An error about a value in an input object, whose way from the top is being put together. */
class InputError extends NetlinkError {
  readonly path: string;
  readonly reason: NetlinkError;

  constructor(path: string, reason: NetlinkError) {
    // The wire layer gives the way by the numbers of attributes; here it is known by their names.
    const message = reason.message.replace(/^attribute [\d.]+: /, '');
    super(path === '' ? message : `${path}: ${message}`, { code: reason.code });
    this.path = path;
    this.reason = reason;
  }
}

function shown(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object';
  return String(value);
}
