const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** Decodes UTF-8 from `offset` up to the first NUL, or up to `end`. Short ASCII text, which is nearly all, never leaves JavaScript. */
export function decodeText(bytes: Uint8Array, offset: number, end: number): string {
  const limit = Math.min(end, bytes.length);
  let text = '';
  let at = offset;
  for (; at + 4 <= limit; at += 4) {
    const a = bytes[at] ?? 0;
    const b = bytes[at + 1] ?? 0;
    const c = bytes[at + 2] ?? 0;
    const d = bytes[at + 3] ?? 0;
    if (a === 0 || b === 0 || c === 0 || d === 0) break;
    if ((a | b | c | d) > 0x7f) return decodeUtf8(bytes, offset, limit);
    text += String.fromCharCode(a, b, c, d);
  }
  for (; at < limit; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === 0) break;
    if (byte > 0x7f) return decodeUtf8(bytes, offset, limit);
    text += String.fromCharCode(byte);
  }
  return text;
}

function decodeUtf8(bytes: Uint8Array, offset: number, end: number): string {
  const terminator = bytes.indexOf(0, offset);
  const textEnd = terminator === -1 || terminator > end ? end : terminator;
  return decoder.decode(bytes.subarray(offset, textEnd));
}

/**
 * Encodes `text` as UTF-8 at `offset`, where at least three bytes for each of its units must be free.
 * Returns the offset behind the last byte; no NUL is added.
 */
export function encodeText(text: string, bytes: Uint8Array, offset: number): number {
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit > 0x7f) return offset + encoder.encodeInto(text, bytes.subarray(offset)).written;
    bytes[offset + index] = unit;
  }
  return offset + text.length;
}
