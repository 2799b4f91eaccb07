import type { AttributeDescription, AttributeKind, AttributeScope } from '../../wire/description.js';
import { headerKeys } from '../body-keys.js';
import type { AttributeSpec, BodySpec, SetSpec, ValueType } from '../model.js';
import type { DescribedAttribute, DescribedMember, DescribedSet } from '../runtime/family.js';
import { integerMethod } from '../integer-method.js';

const known = new WeakMap<SetSpec, DescribedSet>();

/** A set's attributes in the form that the engine needs for the paths in errors. */
export function describeSet(set: SetSpec): DescribedSet {
  const done = known.get(set);
  if (done !== undefined) return done;
  const described: Record<number, DescribedAttribute> = {};
  known.set(set, described);
  for (const attribute of set.attributes) {
    if (attribute.type.kind === 'unused') continue;
    described[attribute.id] = describeAttribute(attribute, set);
  }
  return described;
}

/** The members of a fixed header, in the form that columns need. */
export function describeHeader({ header, set }: BodySpec): DescribedMember[] {
  if (header === undefined) return [];
  return [...headerKeys(header, set)].map(([member, name]) => {
    const { type, offset, length } = member;
    const kind = type.kind === 'struct' || type.kind === 'pad' ? 'binary' : kindOf(type);
    return {
      name,
      ...(kind && { kind }),
      ...(type.kind === 'integer' && type.bigEndian && { bigEndian: true }),
      ...(type.kind === 'address' && { address: type.form }),
      offset,
      length,
    };
  });
}

function describeAttribute({ key, type }: AttributeSpec, set: SetSpec): DescribedAttribute {
  const nested = describeNested(type, set);
  const kind = kindOf(type);
  const bigEndian = 'bigEndian' in type && type.bigEndian;
  return {
    name: key,
    ...(kind && { kind }),
    ...(bigEndian && { bigEndian }),
    ...(type.kind === 'address' && { address: type.form }),
    ...(nested && { nested }),
  };
}

function describeNested(type: ValueType, set: SetSpec): AttributeDescription['nested'] {
  switch (type.kind) {
    case 'nest':
      return type.header === undefined ? () => describeSet(type.set) : undefined;
    case 'sequence':
      return () => describeSet(type.set);
    case 'indexed':
      return describeNested(type.of, set);
    case 'sub-message': {
      const { selector, message } = type;
      const number = set.attributes.find(({ name }) => name === selector.name)?.id;
      if (number === undefined) return undefined;
      return (scope: AttributeScope) => {
        const format = message.formats.find(({ value }) => value === scope.text(number));
        return format?.header === undefined && format?.set !== undefined
          ? describeSet(format.set)
          : undefined;
      };
    }
    default:
      return undefined;
  }
}

/** The wire layer's name for this type of value. */
export function kindOf(type: ValueType): AttributeKind | undefined {
  switch (type.kind) {
    case 'integer':
      return integerMethod({ ...type, bigEndian: false }) as AttributeKind;
    case 'variable-integer':
      return type.signed ? 'sint' : 'uint';
    case 'string':
    case 'flag':
    case 'bitfield32':
    case 'nest':
    case 'pad':
      return type.kind;
    case 'sub-message':
    case 'sequence':
      return 'nest';
    case 'indexed':
      return 'indexed-array';
    case 'keyed':
    case 'unused':
      return undefined;
    default:
      return 'binary';
  }
}
