const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** Characters per call of String.fromCharCode: fewer, larger pieces are faster; spreading bytes is slower. */
const PIECE = 8;

/** Decodes UTF-8 from `offset` up to the first NUL or `end`. Nearly all text is ASCII, which is decoded in JavaScript alone. */
export function decodeText(bytes: Uint8Array, offset: number, end: number): string {
  const limit = Math.min(end, bytes.length);
  let textEnd = offset;
  let bits = 0;
  for (; textEnd < limit; textEnd++) {
    const byte = bytes[textEnd] ?? 0;
    if (byte === 0) break;
    bits |= byte;
  }
  if (bits > 0x7f) return decodeUtf8(bytes.subarray(offset, textEnd));
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

/**
 * Half of a surrogate pair that stands for a byte which is not part of UTF-8 text: 0xdc80 to 0xdcff for the bytes 0x80 to
 * 0xff, as in Python's surrogateescape. The kernel's names are bytes, and this way each is written back as it was read.
 */
const ESCAPE = 0xdc00;

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch {
    return decodeEscaped(bytes);
  }
}

function decodeEscaped(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length;) {
    const length = sequenceLength(bytes, at);
    if (length === 0) text += String.fromCharCode(ESCAPE + (bytes[at] ?? 0));
    else text += strict.decode(bytes.subarray(at, at + length));
    at += Math.max(1, length);
  }
  return text;
}

/** The length of the UTF-8 sequence that begins at `at`; 0 if no valid one does. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || at + length > bytes.length) return 0;
  for (let index = at + 1; index < at + length; index++) if (((bytes[index] ?? 0) & 0xc0) !== 0x80) return 0;
  const second = bytes[at + 1] ?? 0;
  const isOverlong = (first === 0xe0 && second < 0xa0) || (first === 0xf0 && second < 0x90);
  const isSurrogate = first === 0xed && second > 0x9f;
  return isOverlong || isSurrogate || (first === 0xf4 && second > 0x8f) ? 0 : length;
}

/** What {@link encodeText} returns for text that contains a NUL, where the kernel would end it. */
export const HAS_NUL = -1;
/** What it returns for half of a surrogate pair that does not stand for a byte. */
export const NOT_TEXT = -2;

const SURROGATE = /\p{Surrogate}/u;

/**
 * Encodes `text` as UTF-8 at `offset`, where at least three bytes must be free for each of its units.
 * Returns the offset after the last byte, or {@link HAS_NUL}. Adds no NUL.
 */
export function encodeText(text: string, bytes: Uint8Array, offset: number): number {
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit === 0) return HAS_NUL;
    if (unit > 0x7f) {
      if (text.includes('\0', index)) return HAS_NUL;
      if (SURROGATE.test(text)) return encodeEscaped(text, bytes, offset);
      return offset + encoder.encodeInto(text, bytes.subarray(offset)).written;
    }
    bytes[offset + index] = unit;
  }
  return offset + text.length;
}

function encodeEscaped(text: string, bytes: Uint8Array, offset: number): number {
  let at = offset;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code >= ESCAPE + 0x80 && code <= ESCAPE + 0xff) bytes[at++] = code - ESCAPE;
    else if (SURROGATE.test(character)) return NOT_TEXT;
    else at += encoder.encodeInto(character, bytes.subarray(at)).written;
  }
  return at;
}

/** Like {@link encodeText}, for text that is already bytes. */
export function copyText(text: Uint8Array, bytes: Uint8Array, offset: number): number {
  if (text.includes(0)) return HAS_NUL;
  bytes.set(text, offset);
  return offset + text.length;
}
