import { describe, expect, test } from '@jest/globals';
import { Readable } from 'node:stream';
import { UntilTrailer } from '#lib/vm/trailer';

const trailer = Buffer.from('\n--end--\n');

async function passed(chunks: readonly string[]): Promise<{ text: string; found: number }> {
  let found = 0;
  const filter = new UntilTrailer(trailer, () => (found += 1));
  const parts: Buffer[] = [];
  for await (const part of Readable.from(chunks.map((chunk) => Buffer.from(chunk))).pipe(filter))
    parts.push(part as Buffer);
  return { text: Buffer.concat(parts).toString(), found };
}

describe('UntilTrailer', () => {
  test('leaves out the trailer and what follows it', async () => {
    await expect(passed(['output', '\n--end--\nrest', 'more'])).resolves.toEqual({
      text: 'output',
      found: 1,
    });
  });

  test.each(Array.from({ length: trailer.length - 1 }, (_, index) => index + 1))(
    'finds a trailer that comes in two parts, the first of %i bytes',
    async (length) => {
      const text = trailer.toString();
      await expect(passed([`output${text.slice(0, length)}`, text.slice(length)])).resolves.toEqual({
        text: 'output',
        found: 1,
      });
    },
  );

  test('finds a trailer that comes byte by byte, behind false starts', async () => {
    const bytes = 'a\n--en\n--\n--end-\n--end--\n'.split('');
    await expect(passed(bytes)).resolves.toEqual({
      text: 'a\n--en\n--\n--end-',
      found: 1,
    });
  });

  test('passes on what only began like a trailer, at the latest when the stream ends', async () => {
    await expect(passed(['output\n--e'])).resolves.toEqual({ text: 'output\n--e', found: 0 });
  });

  test('holds back no more than may be a trailer', () => {
    const filter = new UntilTrailer(trailer, () => undefined);
    filter.write('line\n');
    expect((filter.read() as Buffer).toString()).toBe('line');
    filter.write('x');
    expect((filter.read() as Buffer).toString()).toBe('\nx');
  });
});
