import { invalidArgument, NetlinkError } from '../../errors.js';
import { suggestion } from '../../known-names.js';
import { shown } from '../../shown-value.js';
import { bytesOf, type Bytes } from '../../wire/bytes.js';
import type { AttributeSet } from '../../wire/description.js';

// How encoders check the values that callers pass, and report errors with their path.

/** Checks that a member of a structure gets exactly `length` bytes. */
export function sized(input: Bytes, length: number, what: string): Uint8Array {
  const bytes = bytesOf(input);
  if (bytes.length === length) return bytes;
  throw invalidArgument(`${what} must have ${length} bytes, got ${bytes.length}`);
}

/** Checks that a member of a structure gets at most `length` bytes; the rest of it stays zero. */
export function upTo(input: Bytes, length: number): Uint8Array {
  const bytes = bytesOf(input);
  if (bytes.length <= length) return bytes;
  throw invalidArgument(`must have at most ${length} bytes, got ${bytes.length}`);
}

/** Checks that a value is an object and not an array. */
export function objectOf<T extends object>(input: T): T {
  if (typeof input === 'object' && (input as unknown) !== null && !Array.isArray(input)) return input;
  throw unexpected(input, 'an object');
}

/** Returns `input` if it is an array; throws otherwise. */
export function listOf<T>(input: readonly T[]): readonly T[] {
  const given: unknown = input;
  if (Array.isArray(given)) return input;
  throw unexpected(input, 'an array');
}

/** Checks that an array in a structure gets at most `most` elements. */
export function atMost<T>(elements: readonly T[], most: number): readonly T[] {
  if (listOf(elements).length <= most) return elements;
  throw invalidArgument(`must have at most ${most} elements, got ${elements.length}`);
}

/** Returns `input` if it is a string; throws otherwise. */
export function textOf(input: string): string {
  if (typeof input === 'string') return input;
  throw unexpected(input, 'a string');
}

/** The only key of a sub-message's object, which names its format. */
export function tagOf(input: object): string {
  const keys = Object.keys(objectOf(input));
  const [tag] = keys;
  if (keys.length === 1 && tag !== undefined) return tag;
  throw invalidArgument(
    `must have exactly one key, the name of the format, such as { bridge: { … } }, got ${keys.length === 0 ? 'none' : keys.join(', ')}`,
  );
}

/**
 * The value to write for a selector that the caller omitted: the format of the data implies it. Undefined if the
 * selector was passed (which is checked), if other data in the same object (`earlier`) implies it, or for raw data.
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
  throw invalidArgument(`${key} must be '${tag}', the format of the data, got ${shown(said)}`);
}

function formatOf(data: object | undefined): string | undefined {
  const tag = data === undefined ? 'raw' : tagOf(data);
  return tag === 'raw' ? undefined : tag;
}

/**
 * Refuses a property that matches neither an attribute nor a member; ignores it if its value is undefined.
 *
 * @param known the known names, or the attributes that have them
 * @param besides properties that are written elsewhere
 */
export function refuseUnknown(
  input: object,
  key: string,
  what: string,
  known: readonly string[] | (() => AttributeSet),
  besides?: ReadonlySet<string>,
): void {
  if (besides?.has(key) === true || (input as Readonly<Record<string, unknown>>)[key] === undefined) return;
  const names = typeof known === 'function' ? attributeNames(known()) : known;
  throw invalidArgument(`unknown property of ${what}${suggestion(key, [...names, ...(besides ?? [])])}`);
}

function attributeNames(set: AttributeSet): string[] {
  return Object.values(set).flatMap(({ name, kind }) => (kind === 'pad' ? [] : [name]));
}

function unexpected(given: unknown, expected: string): NetlinkError {
  return invalidArgument(`${shown(given)} was given where ${expected} is expected`);
}

/** The same error with its place in the input: each encoder on the way out prepends its own property. */
export function within(key: string | number, cause: unknown): unknown {
  // Arithmetic throws a TypeError if a bigint or a symbol was passed in place of a number.
  const error = cause instanceof TypeError ? invalidArgument(cause.message) : cause;
  if (!(error instanceof NetlinkError) || error.code !== 'ERR_NETLINK_INVALID_ARGUMENT') return error;
  const inner = error instanceof InputError ? error : new InputError('', error);
  const own = typeof key === 'number' ? `[${key}]` : key;
  const dot = inner.path === '' || inner.path.startsWith('[') ? '' : '.';
  return new InputError(own + dot + inner.path, inner.reason);
}

/** An error about a value in an input object, whose path from the top is still being put together. */
class InputError extends NetlinkError {
  readonly path: string;
  readonly reason: NetlinkError;

  constructor(path: string, reason: NetlinkError) {
    // The wire layer's path has the numbers of attributes; here their names are known.
    const message = reason.message.replace(/^attribute [\d.]+: /, '');
    super(path === '' ? message : `${path}: ${message}`, { code: reason.code });
    this.path = path;
    this.reason = reason;
  }
}
