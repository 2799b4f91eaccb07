import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { MESSAGE_STARTS } from './accessors.mjs';
import { readBody } from './bodies.mjs';
import { expandMacros } from './macros.mjs';
import { readTable } from './policies.mjs';
import { matchBrackets, readSource, tokenize } from './tokens.mjs';
import { Types } from './types.mjs';
import { readUnits } from './units.mjs';
import { Wrappers } from './wrappers.mjs';

// Source files to evidence: every place that reads, writes or checks an attribute, by the attribute's constant.

/** Members that structures take from a macro: linux/pkt_cls.h. */
const COMMON_MEMBERS = [
  ['tc_gen', { body: tokenize('__u32 index; __u32 capab; int action; int refcnt; int bindcnt') }],
];
/** Headers whose structures attributes' values are kept in. */
const DECLARES =
  /^(include\/(uapi|net|linux|rdma)|net|fs|io_uring|drivers\/(net|dpll|android|infiniband))\/.*\.h$/;
const ABOUT_ATTRIBUTES = /\bnla_|\bnlattr\b|nla_policy/;

/**
 * Analyses C sources: `files` is an array of `{ path, text }`, `headers` those in which structures are looked up.
 * Returns `evidence`, a Map of constants to what was found about them, and `types`, which knows the structures.
 */
export function analyse(files, headers = []) {
  const shared = new Map(COMMON_MEMBERS);
  const types = new Types(indexStructs(headers), shared);
  const sources = files.map(({ path, text }) => ({ path, ...readSource(text) }));
  for (const { path, macros } of sources) {
    for (const macro of macros) {
      const { name, parameters, body } = macro;
      if (path.endsWith('.h')) shared.set(name, macro);
      if (parameters === undefined && body.length === 1 && /^\d+$/.test(body[0]))
        types.addConstant(name, Number(body[0]));
    }
  }
  const units = [];
  const tables = [];
  for (const { path, ...source } of sources) {
    const read = readUnits(expandMacros(source, shared));
    for (const struct of read.structs) types.addStruct(struct, path);
    for (const unit of read.functions) units.push(types.addFunction(unit, path));
    for (const table of read.tables) tables.push({ ...table, path });
    for (const { body } of read.functions)
      for (const table of innerTables(body)) tables.push({ ...table, path });
  }
  for (const unit of units) unit.startsMessage = unit.body.some((token) => MESSAGE_STARTS.test(token));
  for (const unit of units) unit.read = readBody(unit, types);
  const all = tables.flatMap((table) => readTable(table, types, table.path));
  const wrappers = new Wrappers();
  for (const unit of units) for (const evidence of wrappers.evidenceOf(unit)) all.push(evidence);
  return { evidence: byConstant(all), types };
}

/** Evidence by constants; what is about a structure's member is about each attribute that is kept there. */
function byConstant(all) {
  const kept = new Map();
  for (const { type, member, subjects } of all) {
    if (type !== 'kept') continue;
    for (const subject of subjects)
      if (subject.startsWith('C:')) kept.set(member, (kept.get(member) ?? new Set()).add(subject));
  }
  const found = new Map();
  for (const evidence of all) {
    if (evidence.type === 'kept') continue;
    for (const subject of evidence.subjects) {
      const [, levels, kind, name] = /^((?:E:)*)(\w):(.*)$/.exec(subject) ?? [];
      const targets =
        kind === 'C'
          ? [subject.slice(levels.length)]
          : kind === 'M'
            ? [...(kept.get(subject.slice(levels.length)) ?? [])]
            : [];
      for (const target of targets) {
        const entry = {
          ...evidence,
          level: levels.length / 2,
          ...(kind === 'M' && { through: name }),
          indirect: kind === 'M',
        };
        const constant = target.slice(2);
        const list = found.get(constant);
        if (list === undefined) found.set(constant, [entry]);
        else list.push(entry);
      }
    }
  }
  return found;
}

/** Tables that stand in a function. */
function* innerTables(body) {
  let partner;
  for (let index = body.indexOf('='); index >= 0; index = body.indexOf('=', index + 1)) {
    if (body[index + 1] !== '{' || body[index + 2] !== '[') continue;
    partner ??= matchBrackets(body);
    const start = Math.max(body.lastIndexOf(';', index), body.lastIndexOf('{', index));
    yield { head: body.slice(start + 1, index), body: body.slice(index + 2, partner.get(index + 1)) };
  }
}

function indexStructs(headers) {
  const index = new Map();
  for (const header of headers) {
    for (const [, kind, name] of header.text.matchAll(/^\s*(?:typedef )?(struct|union) (\w+)\s*\{/gm)) {
      if (!index.has(`${kind} ${name}`)) index.set(`${kind} ${name}`, header);
    }
  }
  return index;
}

/** Where the kernel's source speaks of attributes. */
export const SOURCE_FOLDERS = ['net', 'include', 'drivers', 'fs', 'io_uring', 'kernel', 'lib'];

/** The files of a kernel's source tree that are about attributes, and the headers that declare structures. */
export function readTree(root) {
  const files = [];
  const headers = [];
  for (const folder of SOURCE_FOLDERS) {
    for (const path of walk(join(root, folder))) {
      const text = readFileSync(path, 'utf8');
      const name = relative(root, path);
      if (ABOUT_ATTRIBUTES.test(text) && name !== 'include/net/netlink.h') files.push({ path: name, text });
      else if (DECLARES.test(name)) headers.push({ path: name, text });
    }
  }
  return { files, headers };
}

function* walk(folder) {
  let entries;
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    return;
  }
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* walk(path);
    else if (/\.[ch]$/.test(entry.name)) yield path;
  }
}
