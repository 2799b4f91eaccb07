import type { AddressForm, EnumSpec, EnumUse, IntegerType, VariableIntegerType } from '../model.js';
import type { SpecNode } from '../spec-node.js';
import type { Named } from './context.js';

const INTEGERS: ReadonlyMap<string, readonly [IntegerType['width'], boolean]> = new Map([
  ['u8', [1, false]],
  ['u16', [2, false]],
  ['u32', [4, false]],
  ['u64', [8, false]],
  ['s8', [1, true]],
  ['s16', [2, true]],
  ['s32', [4, true]],
  ['s64', [8, true]],
]);
const HINTS = ['hex', 'mac', 'fddi', 'ipv4', 'ipv6', 'ipv4-or-v6', 'uuid'] as const;
const ADDRESS_FORMS: Readonly<Record<(typeof HINTS)[number], AddressForm | undefined>> = {
  hex: undefined,
  mac: 'mac',
  fddi: 'mac',
  ipv4: 'ipv4',
  ipv6: 'ipv6',
  'ipv4-or-v6': 'ip',
  uuid: 'uuid',
};

/** The entries that name an integer's values, if the spec has any. */
export function enumUse(node: SpecNode, enums: Named<EnumSpec>): EnumUse | undefined {
  const found = enums.optional(node, 'enum');
  return found && { enum: found, flags: found.flags || node.boolean('enum-as-flags') };
}

/** `u8` … `s64`; undefined for any other type name. */
export function integerType(node: SpecNode, name: string, names?: EnumUse): IntegerType | undefined {
  const found = INTEGERS.get(name);
  if (found === undefined) return undefined;
  const [width, signed] = found;
  refuseSignedFlags(node, signed, names);
  return { kind: 'integer', width, signed, bigEndian: isBigEndian(node), ...(names && { names }) };
}

/** `uint` and `sint`; undefined for any other type name. */
export function variableIntegerType(
  node: SpecNode,
  name: string,
  names?: EnumUse,
): VariableIntegerType | undefined {
  if (name !== 'uint' && name !== 'sint') return undefined;
  refuseSignedFlags(node, name === 'sint', names);
  return {
    kind: 'variable-integer',
    signed: name === 'sint',
    bigEndian: isBigEndian(node),
    ...(names && { names }),
  };
}

/** Of a negative number, every bit above its width would be set. */
function refuseSignedFlags(node: SpecNode, signed: boolean, names: EnumUse | undefined): void {
  if (signed && names?.flags === true) throw node.error('flags must be of an unsigned type', 'type');
}

/** The text form of a value with a display hint; the hint for hexadecimal affects only display. */
export function addressForm(node: SpecNode): AddressForm | undefined {
  const hint = node.optionalChoice('display-hint', HINTS);
  return hint && ADDRESS_FORMS[hint];
}

function isBigEndian(node: SpecNode): boolean {
  const order = node.optionalChoice('byte-order', ['big-endian', 'little-endian']);
  if (order === 'little-endian')
    throw node.error('little-endian values are not supported, since the kernel has none yet', 'byte-order');
  return order === 'big-endian';
}
