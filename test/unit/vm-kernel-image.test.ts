import { describe, expect, test } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import { VmError } from 'afnetlink/vm';
import { hasPvhEntry, isStatic } from '#lib/vm/elf';
import { bzImageRelease, extractVmlinux } from '#lib/vm/kernel-image';

/** A bzImage as the boot protocol lays it out: one boot sector, two of set-up code, the payload 16 bytes behind them. */
function bzImage(payload: Buffer, release = '6.1.0-99-test (someone@somewhere) #1 SMP'): Buffer {
  const setup = Buffer.alloc(3 * 512 + 16);
  setup.writeUInt8(2, 0x1f1);
  setup.write('HdrS', 0x202, 'latin1');
  setup.writeUInt16LE(0x20f, 0x206);
  setup.writeUInt16LE(0x400 - 0x200, 0x20e);
  setup.write(`${release}\0`, 0x400, 'latin1');
  setup.writeUInt32LE(16, 0x248);
  setup.writeUInt32LE(payload.length, 0x24c);
  return Buffer.concat([setup, payload, Buffer.from('what follows the payload')]);
}

/** A 64-bit ELF file with the given segments. */
function elf(...segments: { type: number; bytes: Buffer }[]): Buffer {
  const header = Buffer.alloc(64);
  header.write('\x7fELF', 0, 'latin1');
  header[4] = 2;
  header.writeBigUInt64LE(64n, 32);
  header.writeUInt16LE(56, 54);
  header.writeUInt16LE(segments.length, 56);
  let offset = 64 + segments.length * 56;
  const table = segments.map(({ type, bytes }) => {
    const entry = Buffer.alloc(56);
    entry.writeUInt32LE(type, 0);
    entry.writeBigUInt64LE(BigInt(offset), 8);
    entry.writeBigUInt64LE(BigInt(bytes.length), 32);
    offset += bytes.length;
    return entry;
  });
  return Buffer.concat([header, ...table, ...segments.map(({ bytes }) => bytes)]);
}

function note(name: string, type: number, content: Buffer): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt32LE(name.length + 1, 0);
  header.writeUInt32LE(content.length, 4);
  header.writeUInt32LE(type, 8);
  const padded = (bytes: Buffer): Buffer =>
    Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
  return Buffer.concat([header, padded(Buffer.from(`${name}\0`)), padded(content)]);
}

describe('extractVmlinux', () => {
  const vmlinux = elf({ type: 1, bytes: Buffer.from('the kernel') });

  test('unpacks the payload of a bzImage', async () => {
    await expect(extractVmlinux(bzImage(gzipSync(vmlinux)))).resolves.toEqual(vmlinux);
  });

  test('gives an ELF file back as it is', async () => {
    await expect(extractVmlinux(vmlinux)).resolves.toBe(vmlinux);
  });

  test.each([
    ['no image', Buffer.alloc(4096), 'no header of the Linux boot protocol'],
    ['a file that is too short', Buffer.from('MZ'), 'no header of the Linux boot protocol'],
    ['an unknown compression', bzImage(Buffer.from('BZh91AY')), 'neither xz, zstd nor gzip'],
    ['an image that is cut short', bzImage(gzipSync(vmlinux)).subarray(0, 1600), 'cut short'],
    ['a payload that is no kernel', bzImage(gzipSync(Buffer.from('text'))), 'not an ELF file'],
  ])('refuses %s', async (_name, image, wanted) => {
    const error = await extractVmlinux(image).catch((reason: unknown) => reason as VmError);
    expect(error).toBeInstanceOf(VmError);
    expect(error).toMatchObject({ code: 'ERR_VM_KERNEL_UNAVAILABLE' });
    expect(String(error)).toContain(wanted);
  });

  test('reads the release from the header', () => {
    expect(bzImageRelease(bzImage(Buffer.alloc(0)))).toBe('6.1.0-99-test');
  });
});

describe('ELF segments', () => {
  test('a program is static if it names no loader', () => {
    expect(isStatic(elf({ type: 1, bytes: Buffer.alloc(8) }))).toBe(true);
    expect(isStatic(elf({ type: 3, bytes: Buffer.from('/lib64/ld-linux-x86-64.so.2\0') }))).toBe(false);
  });

  test('a PVH entry is a note of Xen among others', () => {
    const other = note('GNU', 18, Buffer.alloc(5));
    const entry = note('Xen', 18, Buffer.alloc(4));
    expect(hasPvhEntry(elf({ type: 4, bytes: Buffer.concat([other, entry]) }))).toBe(true);
    expect(hasPvhEntry(elf({ type: 4, bytes: other }))).toBe(false);
    expect(hasPvhEntry(elf({ type: 1, bytes: entry }))).toBe(false);
  });
});
