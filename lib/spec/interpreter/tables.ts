import type { AttributeSpec, EnumSpec, MemberSpec, SetSpec, StructSpec } from '../model.js';
import { Enumeration, FlagSet } from '../runtime/enumeration.js';

/** Creates something from each part of a spec, once. */
function remembered<Part extends object, Made>(make: (part: Part) => Made): (part: Part) => Made {
  const known = new WeakMap<Part, Made>();
  return (part) => {
    let made = known.get(part);
    if (made === undefined) {
      made = make(part);
      known.set(part, made);
    }
    return made;
  };
}

export const enumerationOf = remembered(
  (spec: EnumSpec) =>
    new Enumeration(spec.name, Object.fromEntries(spec.entries.map(({ name, value }) => [name, value]))),
);

export const flagSetOf = remembered(
  (spec: EnumSpec) =>
    new FlagSet(spec.name, Object.fromEntries(spec.entries.map(({ name, value }) => [name, value]))),
);

export const attributesById: (set: SetSpec) => ReadonlyMap<number, AttributeSpec> = remembered(
  (set: SetSpec) => new Map(set.attributes.map((attribute) => [attribute.id, attribute])),
);

export const attributesByKey: (set: SetSpec) => ReadonlyMap<string, AttributeSpec> = remembered(
  (set: SetSpec) =>
    new Map(
      set.attributes
        .filter(({ type }) => type.kind !== 'pad' && type.kind !== 'unused')
        .map((attribute) => [attribute.key, attribute]),
    ),
);

/** Members that hold a value, by property. */
export const membersByKey: (struct: StructSpec) => ReadonlyMap<string, MemberSpec> = remembered(
  (struct: StructSpec) =>
    new Map(struct.members.filter(({ type }) => type.kind !== 'pad').map((member) => [member.key, member])),
);
