import type { Mapping } from './fixup.js';

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

/** What the kernel sends unasked, in the form of a GET's reply. */
export function notification(name: string, value: number, notify: string, mcgrp?: string): Mapping {
  return { name, doc: name, value, notify, ...(mcgrp !== undefined && { mcgrp }) };
}

export const BE: Mapping = { 'byte-order': 'big-endian' };

/** A nested attribute with these contents. */
export function nested(set: string): Mapping {
  return { 'nested-attributes': set };
}
