// What must hold after every input.
import { isDeepStrictEqual } from 'node:util';
import { errnoName, NetlinkError } from '#lib/errors';

const LIBRARY_CODES: ReadonlySet<string> = new Set(
  [
    ...['UNSUPPORTED', 'CLOSED', 'INVALID_ARGUMENT', 'MALFORMED', 'INVALID_SPEC', 'NO_REPLY', 'TIMEOUT'],
    ...['OVERRUN', 'TRUNCATED', 'DUMP_INTERRUPTED'],
  ].map((code) => `ERR_NETLINK_${code}`),
);

/** Whether an error is one that the documentation names. */
export function isDocumented(error: unknown): boolean {
  if (!(error instanceof NetlinkError) || error.message === '') return false;
  return (
    LIBRARY_CODES.has(error.code) || (error.errno !== undefined && error.code === errnoName(error.errno))
  );
}

const SHARED: readonly object[] = [
  ...[Object, Function, Array, String, Number, Boolean, Symbol, Error, RegExp, Promise, Map, Set, BigInt],
  ...[ArrayBuffer, DataView, Uint8Array, Date, Object.getPrototypeOf(Uint8Array) as { prototype: object }],
  NetlinkError,
].flatMap((constructor) => [constructor, constructor.prototype as object]);

const describe = () => SHARED.map((each) => Object.getOwnPropertyDescriptors(each));
const before = describe();

/** Whether an object that all programs share is as it was at the start; `isThorough` compares each of its properties. */
export function sharedObjectsChanged(isThorough: boolean): boolean {
  if (isThorough) return !isDeepStrictEqual(describe(), before);
  return Reflect.ownKeys(Object.prototype).length !== OBJECT_KEYS;
}

const OBJECT_KEYS = Reflect.ownKeys(Object.prototype).length;
