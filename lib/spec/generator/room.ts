import type { SetSpec } from '../model.js';

// V8 gives the object of a literal a place for each property that is written there, computed ones included. What is added
// later has its places in a second piece of memory, which is made anew every few properties. And of all that is made in the
// course of decoding, it is only the objects of literals that V8 learns to allocate among the lasting ones, where garbage
// collection does not copy them. So a literal that names one of its properties again and again makes room for attributes.

/** Attributes that a message usually has, by the name of their set, where that is not a handful. */
const MANY: Readonly<Record<string, number>> = { 'link-attrs': 40 };
const HANDFUL = 6;

/** How many attributes a whole message is to have room for. */
export function roomFor(set: SetSpec): number {
  return Math.min(set.attributes.length, MANY[set.name] ?? HANDFUL);
}

/**
 * The part of an object literal that makes room, by a property that stands first there: `name` is an expression for its name,
 * a string to TypeScript, which refuses the same name twice where it sees it.
 */
export function room(count: number, name: string, value: string): string {
  return Array.from({ length: count }, () => `[${name}]: ${value}`).join(', ');
}
