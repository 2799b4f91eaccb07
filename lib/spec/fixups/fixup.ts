import type { SpecPlace } from '../spec-error.js';
import { specError } from '../spec-error.js';

/** A mapping of the spec language, as a YAML parser returns it. */
export type Mapping = Readonly<Record<string, unknown>>;

interface Repair {
  /** Why the spec is wrong here, and how that is known. */
  readonly reason: string;
  /** The path to the place: keys, and the `name` (or `value`) of a list's entry. */
  readonly at: readonly string[];
}

/** Sets keys of a mapping. The defect is that they have the values in `was`; `undefined` there means absent. */
export interface SetFixup extends Repair {
  readonly was: Mapping;
  readonly set: Mapping;
}

/** Adds entries to a list. The defect is that the list has no entry with their names. */
export interface AddFixup extends Repair {
  readonly add: readonly (Mapping | string)[];
}

/** One repair of a spec, as data. When the spec is repaired at its source, the fix-up's own test fails. */
export type Fixup = SetFixup | AddFixup;

type Editable = Record<string, unknown>;

/** The reason why a fix-up does not apply to this spec (any more): the place is gone, or it does not have the defect. */
export function fixupMismatch(spec: unknown, fixup: Fixup): string | undefined {
  const target = find(spec, fixup.at);
  if ('add' in fixup) {
    if (target !== undefined && !Array.isArray(target)) return 'is not a list';
    const there = fixup.add.find((entry) => target?.some((other) => label(other) === label(entry)) === true);
    return there === undefined ? undefined : `already has '${label(there)}'`;
  }
  if (!isMapping(target)) return 'is missing';
  for (const [key, value] of Object.entries(fixup.was)) {
    if (JSON.stringify(target[key]) !== JSON.stringify(value)) {
      return `must have ${key}: ${show(value)}, has ${show(target[key])}`;
    }
  }
  return undefined;
}

/** Repairs `spec`, which is changed. Call {@link fixupMismatch} first. */
export function applyFixup(spec: unknown, fixup: Fixup): void {
  if ('add' in fixup) {
    const list: unknown[] = Array.isArray(find(spec, fixup.at)) ? (find(spec, fixup.at) as unknown[]) : [];
    list.push(...fixup.add);
    const parent = find(spec, fixup.at.slice(0, -1));
    const key = fixup.at.at(-1);
    if (isMapping(parent) && key !== undefined) parent[key] = list;
    return;
  }
  const target = find(spec, fixup.at);
  if (!isMapping(target)) return;
  for (const [key, value] of Object.entries(fixup.set)) {
    if (value === undefined) Reflect.deleteProperty(target, key);
    else target[key] = value;
  }
}

/** The error for a fix-up whose defect has gone from the spec that it was written for. */
export function staleFixup(fixup: Fixup, mismatch: string, place: SpecPlace): Error {
  return specError(
    { ...place, path: fixup.at.join('.') },
    `a fix-up does not apply: the place ${mismatch}. Its reason: ${fixup.reason}`,
  );
}

function find(spec: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((place, step) => {
    if (Array.isArray(place)) return place.find((entry) => label(entry) === step);
    return isMapping(place) ? place[step] : undefined;
  }, spec);
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}

function label(entry: unknown): string | undefined {
  if (typeof entry === 'string') return entry;
  if (!isMapping(entry)) return undefined;
  const name = entry['name'] ?? entry['value'];
  return typeof name === 'string' ? name : undefined;
}

function isMapping(value: unknown): value is Editable {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
