import type { AttributeSpec, IntegerType, MemberType, ValueType } from '../model.js';

/** The type of a column of such values as source; undefined if a column cannot hold them. */
export function columnType(type: ValueType | MemberType): string | undefined {
  switch (type.kind) {
    case 'integer':
      return integerColumn(type);
    case 'variable-integer':
      return type.signed ? 'BigInt64Array' : 'BigUint64Array';
    case 'flag':
      return 'Uint8Array';
    case 'address':
      return 'AddressColumn';
    case 'string':
      return 'readonly (string | undefined)[]';
    default:
      return undefined;
  }
}

export function attributeColumn({ type, multi }: AttributeSpec): string | undefined {
  return multi ? undefined : columnType(type);
}

function integerColumn({ width, signed }: IntegerType): string {
  const sign = signed ? 'Int' : 'Uint';
  return width === 8 ? `Big${sign}64Array` : `${sign}${width * 8}Array`;
}
