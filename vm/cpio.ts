/** A file of an archive: a folder has neither content nor target, a symbolic link has a target. */
export interface ArchiveEntry {
  readonly path: string;
  /** Permission bits, 0o755 if absent. */
  readonly mode?: number;
  readonly content?: Uint8Array;
  readonly target?: string;
}

const regularFile = 0o100000;
const folder = 0o040000;
const symbolicLink = 0o120000;
const trailer = 'TRAILER!!!';

/**
 * Writes an archive in the "new ASCII" cpio format, as the kernel reads an initramfs
 * (Documentation/driver-api/early-userspace/buffer-format.rst). The result is padded to 512 bytes, so that
 * archives can be concatenated.
 */
export function writeCpio(entries: readonly ArchiveEntry[]): Buffer {
  const parts = entries.flatMap((entry, index) => record(entry, index + 1));
  parts.push(...record({ path: trailer, mode: 0, content: new Uint8Array() }, 0));
  return Buffer.concat([
    ...parts,
    padding(
      parts.reduce((sum, part) => sum + part.length, 0),
      512,
    ),
  ]);
}

function record(entry: ArchiveEntry, inode: number): Uint8Array[] {
  const name = Buffer.from(`${entry.path}\0`);
  const body = entry.target === undefined ? (entry.content ?? new Uint8Array()) : Buffer.from(entry.target);
  const header = Buffer.from(
    '070701' +
      [inode, fileType(entry) | (entry.mode ?? 0o755), 0, 0, 1, 0, body.length, 0, 0, 0, 0, name.length, 0]
        .map((value) => value.toString(16).padStart(8, '0'))
        .join(''),
  );
  return [header, name, padding(header.length + name.length, 4), body, padding(body.length, 4)];
}

function fileType(entry: ArchiveEntry): number {
  if (entry.path === trailer) return 0;
  if (entry.target !== undefined) return symbolicLink;
  return entry.content === undefined ? folder : regularFile;
}

function padding(length: number, boundary: number): Uint8Array {
  return new Uint8Array((boundary - (length % boundary)) % boundary);
}
