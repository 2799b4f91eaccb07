import type { AttributeSpec, Selector, SetSpec, SubMessageSpec, ValueType } from '../model.js';
import { specError } from '../spec-error.js';

/** A part of the normalised form while it is being built. */
export type Draft<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] };
export type SetDraft = Draft<SetSpec>;
export type SelectorDraft = Draft<Selector>;

/**
 * Binds sub-messages to the attributes that select them. If their set has no attribute of that name, the nearest enclosing
 * set with one provides it. Every set in between is marked, so that a decoder knows to pass the value on.
 */
export function bindSelectors(
  sets: readonly SetDraft[],
  subMessages: readonly Draft<SubMessageSpec>[],
  roots: ReadonlySet<SetSpec>,
  file: string,
): void {
  for (const set of sets) {
    for (const { type } of set.attributes) {
      if (type.kind !== 'sub-message') continue;
      const selector: SelectorDraft = type.selector;
      selector.outer = !hasAttribute(set, selector.name);
      if (selector.outer) need(set, selector.name);
    }
  }
  while (sets.filter((set) => inheritNeeds(set)).length > 0);
  for (const set of sets) {
    const [unbound] = set.outerSelectors;
    if (unbound !== undefined && roots.has(set)) {
      throw specError(
        { file, path: `attribute-sets[${set.name}]` },
        `no set that encloses a sub-message selected by '${unbound}' has that attribute`,
      );
    }
  }
  for (const message of subMessages) checkFormats(message, sets, file);
}

/** The sets that an attribute of this type contains. */
export function setsWithin(type: ValueType): readonly SetSpec[] {
  switch (type.kind) {
    case 'nest':
    case 'sequence':
    case 'records':
      return [type.set];
    case 'indexed':
    case 'keyed':
      return setsWithin(type.of);
    case 'sub-message':
      return type.message.formats.flatMap(({ set }) => set ?? []);
    default:
      return [];
  }
}

function inheritNeeds(set: SetDraft): boolean {
  const before = set.outerSelectors.length;
  for (const { type } of set.attributes) {
    for (const inner of setsWithin(type)) {
      for (const name of inner.outerSelectors) if (!hasAttribute(set, name)) need(set, name);
    }
  }
  return set.outerSelectors.length > before;
}

function need(set: SetDraft, name: string): void {
  if (!set.outerSelectors.includes(name)) set.outerSelectors.push(name);
}

function hasAttribute(set: SetSpec, name: string): boolean {
  return set.attributes.some((attribute) => attribute.name === name);
}

/** If an enum selects, each format must be one of its entries. */
function checkFormats(message: SubMessageSpec, sets: readonly SetSpec[], file: string): void {
  for (const set of sets) {
    for (const attribute of set.attributes) {
      const { type } = attribute;
      if (type.kind !== 'sub-message' || type.message !== message || type.selector.outer) continue;
      const by = set.attributes.find(({ name }) => name === type.selector.name);
      const place = { file, path: `attribute-sets[${set.name}].attributes[${attribute.name}].selector` };
      const names = by && selectableNames(by);
      if (names === undefined) throw specError(place, 'the selector must be text or an enum');
      const stray = message.formats.find(({ value }) => names !== 'any' && !names.has(value));
      if (stray !== undefined) {
        throw specError(
          place,
          `format '${stray.value}' of '${message.name}' is not an entry of the selector's enum`,
        );
      }
    }
  }
}

function selectableNames({ type }: AttributeSpec): ReadonlySet<string> | 'any' | undefined {
  if (type.kind === 'string') return 'any';
  if (type.kind !== 'integer' || type.names === undefined || type.names.flags) return undefined;
  return new Set(type.names.enum.entries.map(({ name }) => name));
}
