import type { IntegerType, VariableIntegerType } from './model.js';

/** Suffixes of the wire layer's methods for integers of up to 32 bits, which are numbers. */
export type NarrowMethod =
  'u8' | 's8' | 'u16' | 's16' | 'u32' | 's32' | 'u16be' | 's16be' | 'u32be' | 's32be';
/** Suffixes of the wire layer's methods for 64-bit integers, which are bigints. */
export type WideMethod = 'u64' | 's64' | 'u64be' | 's64be';

/** What the wire layer calls integers of this type: `u32be`. */
export function integerMethod(type: IntegerType): NarrowMethod | WideMethod {
  const order = type.bigEndian && type.width > 1 ? 'be' : '';
  return `${type.signed ? 's' : 'u'}${type.width * 8}${order}` as NarrowMethod | WideMethod;
}

export type VariableMethod = 'uint' | 'sint' | 'uintbe' | 'sintbe';

/** What the wire layer calls integers of variable width: `uintbe`. */
export function variableMethod(type: VariableIntegerType): VariableMethod {
  return `${type.signed ? 'sint' : 'uint'}${type.bigEndian ? 'be' : ''}`;
}

export function isWide(method: NarrowMethod | WideMethod): method is WideMethod {
  return method.startsWith('u64') || method.startsWith('s64');
}

/** What a writer's method for a member of a structure is called: `putU32be`. */
export function putMethod<Method extends NarrowMethod | WideMethod>(
  method: Method,
): `put${Capitalize<Method>}` {
  return `put${method.charAt(0).toUpperCase()}${method.slice(1)}` as `put${Capitalize<Method>}`;
}
