import type { BodySpec, FamilySpec, MemberType, SetSpec, StructSpec, ValueType } from '../model.js';
import { operationBodies } from '../operation-bodies.js';
import type { ModuleNames } from './naming.js';

/** Sets that messages consist of directly, as opposed to sets that are only nested in others. */
export function rootSets(spec: FamilySpec): ReadonlySet<SetSpec> {
  return new Set(spec.operations.flatMap(operationBodies).flatMap(({ set }) => set ?? []));
}

/** Every combination of a fixed header with attributes, in messages, nested attributes, formats and records. */
export function headedBodies(spec: FamilySpec, names: ModuleNames): BodySpec[] {
  const all: BodySpec[] = [
    ...spec.operations.flatMap(operationBodies),
    ...spec.sets.flatMap(({ attributes }) => attributes.flatMap(({ type }) => bodiesWithin(type))),
    ...spec.subMessages.flatMap(({ formats }) => formats.filter(({ set }) => set !== undefined)),
  ];
  const headed = all.filter(({ header }) => header !== undefined);
  return [...new Map(headed.map((body) => [names.body(body), body])).values()];
}

/** Structures that need functions to read and write them, which structures used only as fixed headers do not. */
export function usedStructs(spec: FamilySpec): StructSpec[] {
  const used = new Set<StructSpec>();
  const use = (struct: StructSpec): void => {
    if (used.has(struct)) return;
    used.add(struct);
    for (const { type } of struct.members) structsWithin(type).forEach(use);
  };
  for (const { attributes } of spec.sets) {
    for (const { type } of attributes) structsWithin(type).forEach(use);
  }
  for (const { formats } of spec.subMessages) {
    for (const { header, set } of formats) if (header !== undefined && set === undefined) use(header);
  }
  for (const { header } of spec.operations.flatMap(operationBodies)) {
    for (const { type } of header?.members ?? []) structsWithin(type).forEach(use);
  }
  return spec.structs.filter((struct) => used.has(struct));
}

function structsWithin(type: ValueType | MemberType): readonly StructSpec[] {
  switch (type.kind) {
    case 'struct':
      return [type.struct];
    case 'array':
    case 'indexed':
    case 'keyed':
      return structsWithin(type.of);
    default:
      return [];
  }
}

function bodiesWithin(type: ValueType): readonly BodySpec[] {
  switch (type.kind) {
    case 'nest':
    case 'records':
      return [type];
    case 'sequence':
      return [{ set: type.set }];
    case 'indexed':
    case 'keyed':
      return bodiesWithin(type.of);
    default:
      return [];
  }
}
