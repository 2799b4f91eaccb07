// What a shared object asks of the system that loads it. readelf comes with every compiler (binutils).
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

const readelf = (path, ...options) =>
  execFileSync('readelf', ['--wide', ...options, path], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  });

/** The libraries it needs, and the symbols it leaves to others: { name, version, weak }. */
export function requirements(path) {
  const needed = Array.from(readelf(path, '--dynamic').matchAll(/\(NEEDED\).*\[(.+)\]/g), ([, name]) => name);
  // Num: Value Size Type Bind Vis Ndx Name@Version (index)
  const undefined_ = /^ *\d+: \S+ +\S+ \S+ +(\S+) +\S+ .*?UND ([^@\s]+)(?:@(\S+))?/gm;
  const symbols = Array.from(readelf(path, '--dyn-syms').matchAll(undefined_), ([, bind, name, version]) => ({
    name,
    version,
    weak: bind === 'WEAK',
  }));
  return { needed, symbols };
}

/** Orders versions by their numbers: '2.4' before '2.17'. */
export function compareVersions(a, b) {
  return a.localeCompare(b, 'en', { numeric: true });
}

const PT_DYNAMIC = 2;
const DT_NEEDED = 1;

/** Where a 32-bit and a 64-bit file have what is read here: offsets in the file's header and in a program header. */
const layouts = {
  1: { word: 4, programs: 0x1c, entrySize: 0x2a, count: 0x2c, offset: 0x04, size: 0x10 },
  2: { word: 8, programs: 0x20, entrySize: 0x36, count: 0x38, offset: 0x08, size: 0x20 },
};

/** Removes the list of needed libraries from the file. What the symbols' versions say stays, and is checked at load. */
export function dropNeeded(path) {
  const file = readFileSync(path);
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const layout = layouts[file[4]];
  const little = file[5] === 1;
  const word = (at) =>
    layout.word === 8 ? Number(view.getBigUint64(at, little)) : view.getUint32(at, little);
  const programs = Array.from(
    { length: view.getUint16(layout.count, little) },
    (_, index) => word(layout.programs) + index * view.getUint16(layout.entrySize, little),
  );
  const dynamic = programs.find((at) => view.getUint32(at, little) === PT_DYNAMIC);
  const [start, size] = [word(dynamic + layout.offset), word(dynamic + layout.size)];
  const entrySize = 2 * layout.word;
  for (let at = start; at < start + size;) {
    if (word(at) !== DT_NEEDED) {
      at += entrySize;
      continue;
    }
    file.copyWithin(at, at + entrySize, start + size);
    file.fill(0, start + size - entrySize, start + size);
  }
  writeFileSync(path, file);
}
