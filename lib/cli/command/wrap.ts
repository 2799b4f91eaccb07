/** Fills lines with words. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter((each) => each !== '')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}

/** Paragraphs are separated by empty lines; a paragraph of indented lines stays as it is. */
export function wrapParagraphs(text: string, width: number): string[] {
  return paragraphs(text).flatMap((paragraph, index) => [
    ...(index === 0 ? [] : ['']),
    ...(isVerbatim(paragraph) ? paragraph.split('\n') : wrap(paragraph, width)),
  ]);
}

export function paragraphs(text: string): string[] {
  return text.split(/\n\n+/).map((paragraph) => paragraph.replace(/^\n+|\s+$/g, ''));
}

export function isVerbatim(paragraph: string): boolean {
  return paragraph.startsWith('  ');
}
