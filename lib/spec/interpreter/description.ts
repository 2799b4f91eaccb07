import type {
  AttributeDescription,
  AttributeKind,
  AttributeScope,
  AttributeSet,
} from '../../wire/description.js';
import type { AttributeSpec, SetSpec, ValueType } from '../model.js';
import { integerMethod } from '../integer-method.js';

const known = new WeakMap<SetSpec, AttributeSet>();

/** A set's attributes as the engine wants them for the paths in errors. */
export function describeSet(set: SetSpec): AttributeSet {
  const done = known.get(set);
  if (done !== undefined) return done;
  const described: Record<number, AttributeDescription> = {};
  known.set(set, described);
  for (const attribute of set.attributes) {
    if (attribute.type.kind === 'unused') continue;
    described[attribute.id] = describeAttribute(attribute, set);
  }
  return described;
}

function describeAttribute({ key, type }: AttributeSpec, set: SetSpec): AttributeDescription {
  const nested = describeNested(type, set);
  const kind = kindOf(type);
  const bigEndian = 'bigEndian' in type && type.bigEndian;
  return {
    name: key,
    ...(kind && { kind }),
    ...(bigEndian && { bigEndian }),
    ...(nested && { nested }),
  };
}

function describeNested(type: ValueType, set: SetSpec): AttributeDescription['nested'] {
  switch (type.kind) {
    case 'nest':
      return type.header === undefined ? () => describeSet(type.set) : undefined;
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

/** What the wire layer calls a value of this type. */
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
