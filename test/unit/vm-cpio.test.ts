import { describe, expect, test } from '@jest/globals';
import { writeCpio } from '#lib/vm/cpio';

// Fields of the header by their place (Documentation/driver-api/early-userspace/buffer-format.rst).
const field = (archive: Buffer, record: number, index: number): number =>
  parseInt(archive.toString('latin1', record + 6 + index * 8, record + 14 + index * 8), 16);
const mode = 1;
const size = 6;
const nameSize = 11;

describe('writeCpio', () => {
  test('writes a header, a name and a content, each padded to four bytes', () => {
    const archive = writeCpio([{ path: 'a', mode: 0o644, content: Buffer.from('hello') }]);
    expect(archive.toString('latin1', 0, 6)).toBe('070701');
    expect(field(archive, 0, mode)).toBe(0o100644);
    expect(field(archive, 0, size)).toBe(5);
    expect(field(archive, 0, nameSize)).toBe(2);
    expect(archive.toString('latin1', 110, 112)).toBe('a\0');
    expect(archive.toString('latin1', 112, 120)).toBe('hello\0\0\0');
    expect(archive.toString('latin1', 120, 126)).toBe('070701');
  });

  test('ends with a trailer and fills up to 512 bytes, so that a second archive may follow', () => {
    const archive = writeCpio([{ path: 'folder' }]);
    expect(archive.length % 512).toBe(0);
    expect(archive.toString('latin1')).toContain('TRAILER!!!\0');
  });

  test('knows folders and symbolic links by their mode', () => {
    expect(field(writeCpio([{ path: 'folder' }]), 0, mode)).toBe(0o040755);
    const link = writeCpio([{ path: 'link', mode: 0o777, target: 'there' }]);
    expect(field(link, 0, mode)).toBe(0o120777);
    expect(field(link, 0, size)).toBe(5);
  });

  test('counts bytes, not characters', () => {
    const archive = writeCpio([{ path: 'ä', content: Buffer.from('ö') }]);
    expect(field(archive, 0, nameSize)).toBe(3);
    expect(field(archive, 0, size)).toBe(2);
  });
});
