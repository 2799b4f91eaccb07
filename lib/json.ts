import { invalidArgument } from './errors.js';

/**
 * A replacer for `JSON.stringify` that writes the values which JSON lacks:
 *
 * - bytes (`Uint8Array`, `Buffer`) as `{ "$bytes": "00ff" }`, in hexadecimal;
 * - a bigint as a number if a number holds it exactly, otherwise as `{ "$bigint": "18446744073709551615" }`;
 * - a `Map` as an object.
 *
 * It throws ERR_NETLINK_INVALID_ARGUMENT for an object that has a property `$bytes` or `$bigint` itself, since
 * {@link fromJson} would take it for one of these.
 */
export function jsonReplacer(this: unknown, key: string, value: unknown): unknown {
  // JSON.stringify has already called Buffer's toJSON, so take the bytes from the object that holds them.
  const original = (this as Readonly<Record<string, unknown>>)[key];
  if (original instanceof Uint8Array) return { $bytes: Buffer.from(original).toString('hex') };
  if (typeof value === 'bigint') return plainInteger(value);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Map) return Object.fromEntries(value) as unknown;
  for (const mark of MARKS) {
    if (mark in value)
      throw invalidArgument(
        `toJson: ${place(key)} has a property named ${mark}, which is reserved for values that JSON lacks`,
      );
  }
  return value;
}

/**
 * Writes a message, or any other value, as JSON in which bytes and large integers are kept ({@link jsonReplacer}).
 *
 * @param indent spaces by which each level is indented. Default: none, all on one line
 * @throws {NetlinkError} `ERR_NETLINK_INVALID_ARGUMENT` for a value that JSON cannot hold, such as a function or undefined
 */
export function toJson(value: unknown, indent = 0): string {
  const text = JSON.stringify(value, jsonReplacer, indent) as string | undefined;
  if (text === undefined) throw invalidArgument(`toJson: JSON cannot hold a value of type ${typeof value}`);
  return text;
}

/**
 * Reads what {@link toJson} writes, and any other JSON. Bytes come back as a `Uint8Array`, integers that a number holds as
 * numbers: requests accept these wherever they accept a bigint.
 *
 * @throws {NetlinkError} `ERR_NETLINK_INVALID_ARGUMENT` for text that is not JSON, and for `$bytes` or `$bigint` that cannot
 * be read
 */
export function fromJson(text: string): unknown {
  try {
    return JSON.parse(text, revive) as unknown;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw invalidArgument(`fromJson: the text is not JSON: ${error.message}`);
  }
}

const MARKS = ['$bytes', '$bigint'] as const;

function plainInteger(value: bigint): unknown {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : { $bigint: String(value) };
}

function revive(key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const mark = MARKS.find((each) => Object.hasOwn(value, each));
  if (mark === undefined) return value;
  const content = (value as Readonly<Record<string, unknown>>)[mark];
  if (Object.keys(value).length > 1)
    throw invalidArgument(`fromJson: ${place(key)} has other properties besides ${mark}`);
  return mark === '$bytes' ? bytesOf(key, content) : bigintOf(key, content);
}

function bytesOf(key: string, content: unknown): Uint8Array {
  if (typeof content === 'string' && /^(?:[\da-f]{2})*$/i.test(content)) {
    return new Uint8Array(Buffer.from(content, 'hex'));
  }
  throw refusal(key, '$bytes', content, "hexadecimal, two digits for each byte ('00ff')");
}

function bigintOf(key: string, content: unknown): bigint {
  if (typeof content === 'string' && /^-?\d+$/.test(content)) return BigInt(content);
  throw refusal(key, '$bigint', content, "a decimal integer ('18446744073709551615')");
}

function refusal(key: string, mark: string, content: unknown, allowed: string): Error {
  const given = typeof content === 'string' ? `'${content}'` : JSON.stringify(content);
  return invalidArgument(`fromJson: ${place(key)}: ${mark} must be ${allowed}, got ${given}`);
}

function place(key: string): string {
  return key === '' ? 'the value' : `'${key}'`;
}
