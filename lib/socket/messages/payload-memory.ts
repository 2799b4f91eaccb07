import { isArrayBuffer } from 'node:util/types';
import { invalidArgument } from '../../errors.js';
import type { Message } from './message.js';

/** From so many bytes on, a copy costs more than handing memory to the kernel does. */
export const LARGE = 8 * 1024;
/** Up to so many bytes, a copy out of memory that is used again costs less than new memory does under the kernel's own copy. */
export const COPY_LIMIT = 64 * 1024;

/** Whether memory can be handed to native code: that of a SharedArrayBuffer cannot. */
export function isOwn(memory: Uint8Array): memory is Uint8Array<ArrayBuffer> {
  return isArrayBuffer(memory.buffer);
}

/** Refuses memory that no payload fits into. */
export function checkMemory(call: string, memory: Uint8Array): void {
  if (memory.byteLength > 0) return;
  throw invalidArgument(`${call}: into has no bytes: it is empty, or its memory was transferred away`);
}

/** Copies a payload to the beginning of memory, and gives it there; undefined if there is too little room. */
export function placeIn(memory: Uint8Array, payload: Uint8Array): Uint8Array | undefined {
  // Memory may be transferred away while a receive waits: then there can be no view of it, not even an empty one.
  if (memory.byteLength === 0 || payload.length > memory.byteLength) return undefined;
  const placed = new Uint8Array(memory.buffer, memory.byteOffset, payload.length);
  placed.set(payload);
  return placed;
}

/** The message with its payload at the beginning of memory, if there is memory and room in it. It may be there already. */
export function moveTo(memory: Uint8Array | undefined, message: Message): Message {
  if (memory === undefined) return message;
  const { payload } = message;
  if (payload.buffer === memory.buffer && payload.byteOffset === memory.byteOffset) return message;
  const placed = placeIn(memory, payload);
  return placed === undefined ? message : { ...message, payload: placed };
}
