/** Characters that end a single-quoted literal, a line or a comment in TypeScript. */
const UNSAFE = /['\\\u0000-\u001f\u007f\u2028\u2029]/g;

/** A string literal with this value. All text of a specification that is printed goes through here. */
export function quoted(text: string): string {
  return `'${text.replaceAll(UNSAFE, escaped)}'`;
}

/** Text that cannot end the comment that it is printed in. */
export function commentText(text: string): string {
  return text.replaceAll('*/', '*\\/').replaceAll(/[\r\n\u2028\u2029]+/g, ' ');
}

function escaped(character: string): string {
  if (character === "'" || character === '\\') return `\\${character}`;
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
