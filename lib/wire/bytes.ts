import { invalidArgument } from '../errors.js';
import { shown } from '../shown-value.js';

/** Bytes in any kind of memory: any view or ArrayBuffer counts as the bytes that it consists of. */
export type Bytes = ArrayBufferView | ArrayBufferLike;

const { get: lengthOf } = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype) as object,
  'byteLength',
) as { readonly get: (this: Uint8Array) => number };

/** The bytes of memory. Throws ERR_NETLINK_INVALID_ARGUMENT for anything else: text must be encoded first. */
export function bytesOf(input: Bytes): Uint8Array {
  if (input instanceof Uint8Array) return input;
  const given: unknown = input;
  if (ArrayBuffer.isView(given)) return new Uint8Array(given.buffer, given.byteOffset, given.byteLength);
  if (isMemory(given)) return new Uint8Array(given);
  throw invalidArgument(`must be bytes (a Uint8Array, another view, or an ArrayBuffer), got ${shown(given)}`);
}

/** The real length of the memory, which a property of the same name may hide. */
export function trueLength(bytes: Uint8Array): number {
  return lengthOf.call(bytes);
}

function isMemory(value: unknown): value is ArrayBufferLike {
  const tag = Object.prototype.toString.call(value);
  if (tag !== '[object ArrayBuffer]' && tag !== '[object SharedArrayBuffer]') return false;
  // An object that merely claims this tag has no memory to read.
  try {
    return new Uint8Array(value as ArrayBufferLike).buffer === value;
  } catch {
    return false;
  }
}
