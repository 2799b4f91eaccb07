/** A segment of an ELF file: its type and its bytes. */
interface Segment {
  readonly type: number;
  readonly bytes: Buffer;
}

const loaderName = 3;
const notes = 4;
/** XEN_ELFNOTE_PHYS32_ENTRY: where a kernel is entered without firmware (CONFIG_PVH). */
const pvhEntry = 18;

export function isElf(file: Buffer): boolean {
  return file.toString('latin1', 0, 4) === '\x7fELF';
}

/** Whether a program runs without a dynamic loader. */
export function isStatic(program: Buffer): boolean {
  return segments(program).every(({ type }) => type !== loaderName);
}

/** Whether QEMU can boot a vmlinux as it is. */
export function hasPvhEntry(vmlinux: Buffer): boolean {
  return segments(vmlinux)
    .filter(({ type }) => type === notes)
    .some(({ bytes }) => noteTypes(bytes).includes(pvhEntry));
}

/** The segments of a 64-bit little-endian ELF file, after its program header table. */
function segments(file: Buffer): Segment[] {
  if (!isElf(file) || file.length < 64 || file[4] !== 2) return [];
  const table = Number(file.readBigUInt64LE(32));
  const size = file.readUInt16LE(54);
  const count = file.readUInt16LE(56);
  return Array.from({ length: count }, (_, index) => {
    const header = file.subarray(table + index * size, table + (index + 1) * size);
    const offset = Number(header.readBigUInt64LE(8));
    return {
      type: header.readUInt32LE(0),
      bytes: file.subarray(offset, offset + Number(header.readBigUInt64LE(32))),
    };
  });
}

function noteTypes(bytes: Buffer): number[] {
  const types: number[] = [];
  for (let at = 0; at + 12 <= bytes.length;) {
    const nameLength = bytes.readUInt32LE(at);
    const contentLength = bytes.readUInt32LE(at + 4);
    if (bytes.toString('latin1', at + 12, at + 12 + nameLength) === 'Xen\0')
      types.push(bytes.readUInt32LE(at + 8));
    at += 12 + align4(nameLength) + align4(contentLength);
  }
  return types;
}

function align4(length: number): number {
  return (length + 3) & ~3;
}
