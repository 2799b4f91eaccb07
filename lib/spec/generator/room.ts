import type { SetSpec } from '../model.js';

// V8 allocates an object literal with a slot for each property that it lists, including computed ones. Properties added
// later live in a second piece of memory, which is reallocated every few properties. Also, of all objects created while
// decoding, V8 learns only for those of literals to allocate them directly in the old generation, where garbage
// collection does not copy them. So the generated literal repeats one of its properties to reserve slots for attributes.

/** How many attributes a message usually has, by the name of their set, if it is more than a handful. */
const MANY: Readonly<Record<string, number>> = { 'link-attrs': 40 };
const HANDFUL = 6;

/** For how many attributes a whole message reserves slots. */
export function roomFor(set: SetSpec): number {
  return Math.min(set.attributes.length, MANY[set.name] ?? HANDFUL);
}

/**
 * The part of an object literal that reserves slots by repeating its first property. `name` is an expression for that name,
 * of type string, since TypeScript refuses a name that it can see twice.
 */
export function room(count: number, name: string, value: string): string {
  return Array.from({ length: count }, () => `[${name}]: ${value}`).join(', ');
}
