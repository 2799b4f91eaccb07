import { gunzipSync } from 'node:zlib';
import { isElf } from './elf.js';
import { VmError } from './errors.js';
import { run } from './programs.js';

/** Compressed kernel payloads by their first bytes, each with what unpacks it. */
const formats: readonly { magic: readonly number[]; unpack: (data: Buffer) => Promise<Buffer> | Buffer }[] = [
  { magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a], unpack: (data) => unpackWith('xz', data) },
  { magic: [0x28, 0xb5, 0x2f, 0xfd], unpack: (data) => unpackWith('zstd', data) },
  { magic: [0x1f, 0x8b], unpack: (data) => gunzipSync(data) },
];

/** The ELF kernel (vmlinux) out of a bzImage. An ELF file is given back as it is. */
export async function extractVmlinux(image: Buffer): Promise<Buffer> {
  if (isElf(image)) return image;
  const payload = bzImagePayload(image);
  const format = formats.find(({ magic }) => magic.every((byte, index) => payload[index] === byte));
  if (format === undefined) {
    throw unusable(
      `its payload starts with ${payload.subarray(0, 4).toString('hex')}, which is neither xz, zstd nor gzip`,
    );
  }
  const vmlinux = await format.unpack(payload);
  if (!isElf(vmlinux)) throw unusable('its payload is not an ELF file');
  return vmlinux;
}

/** The release (`uname -r`) that a bzImage names in its header. */
export function bzImageRelease(image: Buffer): string {
  checkHeader(image);
  const offset = image.readUInt16LE(0x20e) + 0x200;
  return image.toString('latin1', offset, image.indexOf(0, offset)).split(' ')[0] ?? '';
}

// Documentation/arch/x86/boot.rst: the boot protocol's header, its payload fields since 2.08.
function bzImagePayload(image: Buffer): Buffer {
  checkHeader(image);
  const setupSectors = image.readUInt8(0x1f1) || 4;
  const start = (setupSectors + 1) * 512 + image.readUInt32LE(0x248);
  const end = start + image.readUInt32LE(0x24c);
  if (end > image.length) throw unusable('it is cut short');
  return image.subarray(start, end);
}

function checkHeader(image: Buffer): void {
  if (image.length < 0x260 || image.toString('latin1', 0x202, 0x206) !== 'HdrS') {
    throw unusable('it has no header of the Linux boot protocol');
  }
  if (image.readUInt16LE(0x206) < 0x208) throw unusable('its boot protocol is older than 2.08');
}

/** What the kernel's build appends to an xz or zstd payload, its unpacked length in four bytes, is left out. */
async function unpackWith(program: string, data: Buffer): Promise<Buffer> {
  return run(program, ['-dc'], { input: data.subarray(0, data.length - 4) });
}

function unusable(reason: string): VmError {
  return new VmError(
    'ERR_VM_KERNEL_UNAVAILABLE',
    `read a kernel image: a guest cannot boot this file: ${reason}`,
  );
}
