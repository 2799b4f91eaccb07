import { invalidArgument } from '../../errors.js';
import type { Bytes } from '../../wire/bytes.js';
import type { Message } from './message.js';
import { checkBytes } from './payload.js';

/** The bytes of a caller's memory. Throws ERR_NETLINK_INVALID_ARGUMENT if it has none. */
export function checkMemory(call: string, memory: Bytes): Uint8Array {
  const bytes = checkBytes(`${call}: into`, memory);
  if (bytes.byteLength > 0) return bytes;
  throw invalidArgument(`${call}: into has no bytes: it is empty, or its memory was transferred away`);
}

/** Copies a payload to the start of `memory` and returns it as a view of that; undefined if it does not fit. */
export function placeIn(memory: Uint8Array, payload: Uint8Array): Uint8Array | undefined {
  // Memory may be transferred away while a receive waits: then there can be no view of it, not even an empty one.
  if (memory.byteLength === 0 || payload.length > memory.byteLength) return undefined;
  const placed = new Uint8Array(memory.buffer, memory.byteOffset, payload.length);
  placed.set(payload);
  return placed;
}

/** The message with its payload at the start of `memory`, if it fits there. It may be there already. */
export function moveTo(memory: Uint8Array | undefined, message: Message): Message {
  if (memory === undefined) return message;
  const { payload } = message;
  if (payload.buffer === memory.buffer && payload.byteOffset === memory.byteOffset) return message;
  const placed = placeIn(memory, payload);
  return placed === undefined ? message : { ...message, payload: placed };
}
