import type { WireView } from '../../wire/view.js';
import type { WireWriter } from '../../wire/writer.js';
import { integerMethod, isWide, putMethod, variableMethod } from '../integer-method.js';
import type { EnumUse, IntegerType, VariableIntegerType } from '../model.js';
import type { FlagsInput } from '../runtime/enumeration.js';
import { tooShort } from '../runtime/extra.js';
import { enumerationOf, flagSetOf } from './tables.js';

/** Reads an integer at `from`, which must end by `end`, and returns its name if the spec has one. */
export function readInteger(
  type: IntegerType,
  view: WireView,
  from: number,
  end: number,
  strict: boolean,
): unknown {
  if (end - from < type.width) tooShort(end - from, type.width);
  return named(view[integerMethod(type)](from, end), type.names, strict);
}

/** Reads an integer as wide as its payload. */
export function readVariableInteger(
  type: VariableIntegerType,
  view: WireView,
  from: number,
  end: number,
  strict: boolean,
): unknown {
  return named(view[variableMethod(type)](from, end), type.names, strict);
}

/** Writes an integer as an attribute. */
export function writeInteger(type: IntegerType, writer: WireWriter, id: number, input: unknown): void {
  const method = integerMethod(type);
  if (isWide(method)) writer[method](id, wideNumber(input, type.names));
  else writer[method](id, narrowNumber(input, type.names));
}

export function writeVariableInteger(
  type: VariableIntegerType,
  writer: WireWriter,
  id: number,
  input: unknown,
): void {
  writer[variableMethod(type)](id, wideNumber(input, type.names));
}

/** Writes an integer as a member of a structure. */
export function putInteger(type: IntegerType, writer: WireWriter, offset: number, input: unknown): void {
  const method = integerMethod(type);
  if (isWide(method)) writer[putMethod(method)](offset, wideNumber(input, type.names));
  else writer[putMethod(method)](offset, narrowNumber(input, type.names));
}

function named(value: number | bigint, names: EnumUse | undefined, strict: boolean): unknown {
  if (names === undefined) return value;
  if (names.flags) {
    const flags = flagSetOf(names.enum);
    return typeof value === 'bigint' ? flags.names64(value, strict) : flags.names(value, strict);
  }
  const enumeration = enumerationOf(names.enum);
  return typeof value === 'bigint' ? enumeration.name64(value, strict) : enumeration.name(value, strict);
}

function narrowNumber(input: unknown, names: EnumUse | undefined): number {
  if (names?.flags === true) return flagSetOf(names.enum).mask(input as FlagsInput<string>);
  if (names !== undefined) return enumerationOf(names.enum).value(input as string | number);
  return input as number;
}

function wideNumber(input: unknown, names: EnumUse | undefined): number | bigint {
  if (names?.flags === true) return flagSetOf(names.enum).mask64(input as FlagsInput<string>);
  if (names !== undefined) return enumerationOf(names.enum).value(input as string | bigint);
  return input as number | bigint;
}
