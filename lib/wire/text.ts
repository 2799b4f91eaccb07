const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** Characters that one call of String.fromCharCode makes: fewer and larger pieces are faster, a spread of bytes is slower. */
const PIECE = 8;

/** Decodes UTF-8 from `offset` up to the first NUL, or up to `end`. ASCII text, which is nearly all, never leaves JavaScript. */
export function decodeText(bytes: Uint8Array, offset: number, end: number): string {
  const limit = Math.min(end, bytes.length);
  let textEnd = offset;
  let bits = 0;
  for (; textEnd < limit; textEnd++) {
    const byte = bytes[textEnd] ?? 0;
    if (byte === 0) break;
    bits |= byte;
  }
  if (bits > 0x7f) return decoder.decode(bytes.subarray(offset, textEnd));
  if (textEnd <= offset) return '';
  let text = asciiPiece(bytes, offset, textEnd - offset);
  for (let at = offset + PIECE; at < textEnd; at += PIECE) text += asciiPiece(bytes, at, textEnd - at);
  return text;
}

/** The first `count` bytes, {@link PIECE} of them at most; at least one. */
function asciiPiece(bytes: Uint8Array, at: number, count: number): string {
  const { fromCharCode } = String;
  const a = bytes[at] ?? 0;
  if (count === 1) return fromCharCode(a);
  const b = bytes[at + 1] ?? 0;
  if (count === 2) return fromCharCode(a, b);
  const c = bytes[at + 2] ?? 0;
  if (count === 3) return fromCharCode(a, b, c);
  const d = bytes[at + 3] ?? 0;
  if (count === 4) return fromCharCode(a, b, c, d);
  const e = bytes[at + 4] ?? 0;
  if (count === 5) return fromCharCode(a, b, c, d, e);
  const f = bytes[at + 5] ?? 0;
  if (count === 6) return fromCharCode(a, b, c, d, e, f);
  const g = bytes[at + 6] ?? 0;
  if (count === 7) return fromCharCode(a, b, c, d, e, f, g);
  return fromCharCode(a, b, c, d, e, f, g, bytes[at + 7] ?? 0);
}

/** What {@link encodeText} gives for text with a NUL inside, which would end it there for the kernel. */
export const HAS_NUL = -1;

/**
 * Encodes `text` as UTF-8 at `offset`, where at least three bytes for each of its units must be free.
 * Returns the offset behind the last byte, where no NUL is added, or {@link HAS_NUL}.
 */
export function encodeText(text: string, bytes: Uint8Array, offset: number): number {
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit === 0) return HAS_NUL;
    if (unit > 0x7f) {
      if (text.includes('\0', index)) return HAS_NUL;
      return offset + encoder.encodeInto(text, bytes.subarray(offset)).written;
    }
    bytes[offset + index] = unit;
  }
  return offset + text.length;
}

/** As {@link encodeText}, for text that is bytes already. */
export function copyText(text: Uint8Array, bytes: Uint8Array, offset: number): number {
  if (text.includes(0)) return HAS_NUL;
  bytes.set(text, offset);
  return offset + text.length;
}
