import type { SpecPlace } from '../spec-error.js';
import { specError } from '../spec-error.js';

/** A mapping of the spec language, as a YAML parser gives it. */
export type Mapping = Readonly<Record<string, unknown>>;

interface Repair {
  /** Why the spec is wrong here, and how that is known. */
  readonly reason: string;
  /** The way to the place: keys, and the `name` (or `value`) of a list's entry. */
  readonly at: readonly string[];
}

/** Sets keys of a mapping. The defect is that they are as `was` says; `undefined` there means absent. */
export interface SetFixup extends Repair {
  readonly was: Mapping;
  readonly set: Mapping;
}

/** Adds entries to a list. The defect is that no entry of their names is there. */
export interface AddFixup extends Repair {
  readonly add: readonly (Mapping | string)[];
}

/** One repair of a spec, as data. A spec that has been repaired at its source makes the fix-up's own test fail. */
export type Fixup = SetFixup | AddFixup;

type Editable = Record<string, unknown>;

/** Says why a fix-up does not apply to this spec (any more): the place is gone, or what is there is not the defect. */
export function fixupMismatch(spec: unknown, fixup: Fixup): string | undefined {
  const target = find(spec, fixup.at);
  if ('add' in fixup) {
    if (target !== undefined && !Array.isArray(target)) return 'is no list';
    const there = fixup.add.find((entry) => target?.some((other) => label(other) === label(entry)) === true);
    return there === undefined ? undefined : `has '${label(there)}' already`;
  }
  if (!isMapping(target)) return 'is not there';
  for (const [key, value] of Object.entries(fixup.was)) {
    if (JSON.stringify(target[key]) !== JSON.stringify(value)) {
      return `has ${key}: ${show(target[key])}, not ${show(value)}`;
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

/** The error for a fix-up whose defect is gone from the spec that it was written for. */
export function staleFixup(fixup: Fixup, mismatch: string, place: SpecPlace): Error {
  return specError(
    { ...place, path: fixup.at.join('.') },
    `a fix-up does not fit: the place ${mismatch}. It was made because: ${fixup.reason}`,
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
