import { isArrayBuffer } from 'node:util/types';

/** From this many bytes on, a copy costs more than handing the memory to the kernel. */
export const LARGE = 8 * 1024;
/** Up to this many bytes, copying out of reused memory costs less than the page faults of new memory. */
export const COPY_LIMIT = 64 * 1024;

/** Whether memory can be handed to native code, which a SharedArrayBuffer cannot. */
export function isOwn(memory: Uint8Array): memory is Uint8Array<ArrayBuffer> {
  return isArrayBuffer(memory.buffer);
}
