import type { AttributeSpec, MemberSpec, Selector, SetSpec, StructSpec } from './model.js';

/**
 * The property of each member of a fixed header that shares one object with attributes. If both have the same name,
 * the attribute keeps it, and the member's begins with `hdr`: the table of a rule is `table`, its eight bits in the
 * header are `hdrTable`.
 */
export function headerKeys(header: StructSpec, set: SetSpec | undefined): ReadonlyMap<MemberSpec, string> {
  const taken = new Set(set?.attributes.map(({ key }) => key));
  const keys = new Map<MemberSpec, string>();
  for (const member of header.members) {
    if (member.type.kind === 'pad') continue;
    const { key } = member;
    keys.set(member, taken.has(key) ? `hdr${key.charAt(0).toUpperCase()}${key.slice(1)}` : key);
  }
  return keys;
}

/** The sub-messages of a set that come before this one and are selected by the same attribute. */
export function selectedBefore(
  set: SetSpec,
  attribute: AttributeSpec,
  selector: Selector,
): readonly AttributeSpec[] {
  return set.attributes
    .slice(0, set.attributes.indexOf(attribute))
    .filter(
      ({ type }) =>
        type.kind === 'sub-message' && !type.selector.outer && type.selector.name === selector.name,
    );
}
