import { expandMacros } from './macros.mjs';
import { readUnits } from './units.mjs';
import { readSource } from './tokens.mjs';

// The structures and the functions that expressions can refer to, of all files.

const WIDTHS = {
  u8: 1,
  u16: 2,
  u32: 4,
  u64: 8,
  s8: 1,
  s16: 2,
  s32: 4,
  s64: 8,
  bool: 1,
  char: 1,
  int: 4,
  'unsigned int': 4,
  size_t: 8,
  long: 8,
  'unsigned long': 8,
  be16: 2,
  be32: 4,
  be64: 8,
  le16: 2,
  le32: 4,
  le64: 8,
};

/** A scalar as `u8` … `s64`, `be16` …, `le16` …, or undefined for what is none. `int` and `long` are signed. */
export function scalar(type) {
  if (type === undefined || type.pointers > 0 || type.dimensions.length > 0) return undefined;
  const name = type.base
    .replace(/^__(?=[usbl])/, '')
    .replace(/^uint(\d+)_t$/, 'u$1')
    .replace(/^u_int(\d+)_t$/, 'u$1')
    .replace(/^int(\d+)_t$/, 's$1')
    .replace(/^sci_t$/, 'be64')
    .replace(/^sum16$/, 'be16')
    .replace(/^wsum$/, 'be32')
    .replace(/^u_char$/, 'u8')
    .replace(/^(int|pid_t|key_serial_t)$/, 's32')
    .replace(/^(unsigned int|uid_t|gid_t|gfp_t)$/, 'u32')
    .replace(/^(unsigned long|size_t|ktime_t)$/, 'ulong')
    .replace(/^bool$/, 'u8')
    .replace(/^char$/, 'char');
  return /^([us](8|16|32|64)|(be|le)(16|32|64)|ulong|long|char)$/.test(name) ? name : undefined;
}

export class Types {
  #structs = new Map();
  #members = new Map();
  #functions = new Map();
  #headers;
  #macros;
  #constants = new Map();

  /** `headers`: a Map of `struct NAME` to the file (`{ path, text }`) that declares it, for what the files read do not have. */
  constructor(headers, macros) {
    this.#headers = headers;
    this.#macros = macros;
  }

  addStruct({ name, members }, file) {
    if (members.length === 0) return;
    const all = this.#structs.get(name);
    if (all === undefined) this.#structs.set(name, [{ file, members }]);
    else all.push({ file, members });
    for (const member of members) this.#addMember(member);
  }

  #addMember({ name, type }) {
    if (type.base === undefined) return;
    const known = this.#members.get(name);
    if (known === undefined) this.#members.set(name, [type]);
    else if (!known.some((each) => sameType(each, type))) known.push(type);
    for (const inner of type.members ?? []) this.#addMember(inner);
  }

  addFunction(unit, file) {
    const all = this.#functions.get(unit.name);
    const entry = { ...unit, file };
    if (all === undefined) this.#functions.set(unit.name, [entry]);
    else all.push(entry);
    return entry;
  }

  /** The function that a call in `file` means: of the same file first, else the only one, else none. */
  function(name, file) {
    const all = this.#functions.get(name);
    if (all === undefined) return undefined;
    if (all.length === 1) return all[0];
    const folder = (path) => path.slice(0, path.lastIndexOf('/'));
    return all.find((each) => each.file === file) ?? all.find((each) => folder(each.file) === folder(file));
  }

  /** The one member of a structure of the kernel's own that has no more, a number: the structure is that number. */
  only(type) {
    if (type.pointers > 0 || type.dimensions.length > 0) return undefined;
    const members = type.members ?? this.struct(type.base);
    if (this.#structs.get(type.base)?.[0].file.startsWith('include/uapi/')) return undefined;
    return members?.length === 1 && scalar(members[0].type) !== undefined ? members[0].type : undefined;
  }

  returned(name, file) {
    return this.function(name, file)?.returns;
  }

  struct(name) {
    const known = this.#structs.get(name);
    if (known !== undefined) return known[0].members;
    const header = this.#headers.get(name);
    if (header === undefined) return undefined;
    // Parsed once for everything that the header declares.
    const { structs } = readUnits(expandMacros(readSource(header.text), this.#macros));
    for (const each of structs) if (!this.#structs.has(each.name)) this.addStruct(each, header.path);
    if (!this.#structs.has(name)) this.#headers.delete(name);
    return this.#structs.get(name)?.[0].members;
  }

  /** The type of a member; where the structure is not known, the one that all structures with such a member agree on. */
  member(type, name) {
    if (type !== undefined) {
      const members = type.members ?? this.struct(type.base);
      return members?.find((member) => member.name === name)?.type;
    }
    const known = this.#members.get(name);
    return known?.length === 1 ? known[0] : undefined;
  }

  /** Bytes of a value of this type; undefined where it is not known. */
  width(type) {
    if (type === undefined) return undefined;
    if (type.pointers > 0) return 8;
    return WIDTHS[scalar(type) ?? ''];
  }

  addConstant(name, value) {
    this.#constants.set(name, value);
  }

  constant(name) {
    return this.#constants.get(name);
  }
}

function sameType(one, other) {
  return (
    one.base === other.base &&
    one.pointers === other.pointers &&
    one.dimensions.length === other.dimensions.length
  );
}
