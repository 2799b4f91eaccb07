import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { compare, splitAlternatives } from './compare.mjs';
import { compareMembers } from './structs.mjs';

// What the project says about attributes, and the facts about each.

const require = createRequire(import.meta.url);

/** All families' specs, the kernel's (where their folder is given) and the project's own, repaired or not. */
export function readFamilies(folders, fixups) {
  const { readSpec } = require('../../unbundled/spec/load.js');
  return folders
    .filter((folder) => folder !== undefined && existsSync(folder))
    .flatMap((folder) =>
      readdirSync(folder)
        .filter((file) => file.endsWith('.yaml'))
        .map((file) => readSpec(readFileSync(join(folder, file), 'utf8'), { file, fixups })),
    );
}

/** Each attribute of each set with its fact: `{ family, set, attribute, fact }`. */
export function withFacts(families, facts) {
  return families.flatMap((spec) => {
    const elements = elementFacts(spec, facts);
    const ordered = new Set(
      spec.sets.flatMap((set) =>
        set.attributes.flatMap(({ type }) => (type.kind === 'sequence' ? [type.set] : [])),
      ),
    );
    return spec.sets.flatMap((set) =>
      set.attributes.map((attribute) => ({
        family: spec.name,
        set: set.name,
        attribute,
        // Where the nest is read in order, all that is in it may come again.
        isOrdered: ordered.has(set),
        fact: facts.get(attribute.constant ?? '') ?? (isEmpty(attribute) ? undefined : elements.get(set)),
      })),
    );
  });
}

const isEmpty = ({ type }) => type.kind === 'unused' || type.kind === 'pad';

/** What the entries of a set are where the kernel writes them by number: the elements of the nests that have the set. */
function elementFacts(spec, facts) {
  const found = new Map();
  for (const { type, constant } of spec.sets.flatMap((set) => set.attributes)) {
    const set = type.kind === 'nest' ? type.set : undefined;
    const element = /^nest\[([^|]*)\]\*?$/.exec(facts.get(constant ?? '') ?? '')?.[1];
    if (set === undefined || element === undefined) continue;
    found.set(set, found.has(set) && found.get(set) !== element ? undefined : element);
  }
  return found;
}

/** The verdict on each attribute, see {@link compare}; `layouts` are the facts about structures. */
export function judge(rows, layouts) {
  return rows.map((row) => ({ ...row, verdict: verdictOf(row, layouts) }));
}

export function verdictOf({ attribute, fact: found, isOrdered }, layouts) {
  const fact = isOrdered ? found?.replace(/\*$/, '') : found;
  const verdict = compare(attribute, fact);
  const { type } = attribute;
  if (verdict !== 'wrong' || (type.kind !== 'struct' && type.kind !== 'integer')) return verdict;
  // The spec may have a name of its own for a structure, or call one of a single number that number.
  const same = splitAlternatives(fact.replace(/\*$/, '')).some((each) => {
    const members = layouts.get(each.replace(/^array /, ''));
    if (members === undefined) return false;
    if (type.kind === 'struct') return haveSameShape(type.struct, members);
    return /^\w+:[^ ]+$/.test(members) && compare(attribute, members.split(':')[1]) === 'agrees';
  });
  return same ? 'agrees' : verdict;
}

function haveSameShape(struct, members) {
  const kernel = members.split(' ').map((each) => each.split(':')[1]);
  const own = struct.members.filter(({ type }) => type.kind !== 'pad');
  if (own.length === 0 || own.length > kernel.length) return false;
  return own.every(({ type, length }, index) => {
    const width = /^(?:[us]|be|le)(8|16|32|64)$/.exec(kernel[index])?.[1];
    return width === undefined
      ? type.kind !== 'integer'
      : type.kind === 'integer'
        ? length * 8 === Number(width)
        : length * 8 >= Number(width);
  });
}

/** Members of described structures whose sign or byte order the kernel has otherwise. */
export function judgeMembers(families, layouts) {
  const rows = [];
  let compared = 0;
  for (const spec of families) {
    for (const struct of spec.structs) {
      const fact = layouts.get(`struct ${struct.name.replaceAll('-', '_')}`);
      if (fact === undefined) continue;
      compared += struct.members.length;
      for (const each of compareMembers(struct, fact))
        rows.push({ family: spec.name, struct: struct.name, ...each });
    }
  }
  return { compared, rows };
}
