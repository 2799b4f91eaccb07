import type { Fixup, Mapping } from './fixup.js';

// Short forms of the spec language's mappings, for the fix-ups.

/** Attributes numbered from 1 (or `first`) in the order given: `[name, type, further keys]`; a hole is `undefined`. */
export function attributes(
  list: readonly (readonly [name: string, type: string, more?: Mapping] | undefined)[],
  first = 1,
): Mapping[] {
  return list.flatMap((entry, index) =>
    entry === undefined ? [] : [{ name: entry[0], type: entry[1], value: first + index, ...entry[2] }],
  );
}

/** A notification of the kernel, in the form of a GET's reply. */
export function notification(name: string, value: number, notify: string, mcgrp?: string): Mapping {
  return { name, doc: name, value, notify, ...(mcgrp !== undefined && { mcgrp }) };
}

export const BE: Mapping = { 'byte-order': 'big-endian' };

/** A nested attribute with these contents. */
export function nested(set: string): Mapping {
  return { 'nested-attributes': set };
}

/** The prefix of the constants of attribute sets for which the spec has none: `{ 'table-attrs': 'nfta-table-' }`. */
export function attributePrefixes(prefixes: Readonly<Record<string, string>>): Fixup[] {
  return constantPrefixes('attribute-sets', prefixes);
}

/** The prefix of the constants of enums and flags for which the spec has none. */
export function entryPrefixes(prefixes: Readonly<Record<string, string>>): Fixup[] {
  return constantPrefixes('definitions', prefixes);
}

function constantPrefixes(list: string, prefixes: Readonly<Record<string, string>>): Fixup[] {
  return Object.entries(prefixes).map(([name, prefix]) => ({
    reason: 'the spec does not say what the constants of the kernel’s header begin with',
    at: [list, name],
    was: { 'name-prefix': undefined },
    set: { 'name-prefix': prefix },
  }));
}

/** An attribute that is something else than the spec says: `was` and `now` are keys of its mapping. */
export function retyped(set: string, attribute: string, was: Mapping, now: Mapping, reason: string): Fixup {
  return { reason, at: ['attribute-sets', set, 'attributes', attribute], was, set: now };
}

/** An attribute that the kernel writes or reads in network byte order, where the spec says nothing of it. */
export function bigEndian(set: string, attribute: string, reason: string): Fixup {
  return retyped(set, attribute, { 'byte-order': undefined }, BE, reason);
}

/** An attribute that can come more than once. */
export function repeated(set: string, attribute: string, reason: string): Fixup {
  return retyped(set, attribute, { 'multi-attr': undefined }, { 'multi-attr': true }, reason);
}

/** A member of a structure whose type is another one in the header that declares it. */
export function member(struct: string, name: string, was: string, now: string, reason: string): Fixup {
  return { reason, at: ['definitions', struct, 'members', name], was: { type: was }, set: { type: now } };
}

/** The number, from the header that declares it, of an attribute that the spec counts wrongly. */
export function numbered(set: string, attribute: string, value: number): Fixup {
  return {
    reason: `the header numbers ${attribute} of ${set} ${value}: others stand before it that the spec leaves out`,
    at: ['attribute-sets', set, 'attributes', attribute],
    was: { value: undefined },
    set: { value },
  };
}
