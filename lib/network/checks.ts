import { invalidArgument } from '../errors.js';
import { suggestion } from '../known-names.js';
import { shown } from '../shown-value.js';

// Checks of values before anything is sent. `where` is the call and the property: `'links.add: mtu'`.

/** An integer within bounds. */
export function integer(where: string, value: unknown, minimum: number, maximum: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= minimum && value <= maximum)
    return value;
  throw invalidArgument(`${where} must be an integer from ${minimum} to ${maximum}, got ${shown(value)}`);
}

export function boolean(where: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw invalidArgument(`${where} must be true or false, got ${shown(value)}`);
}

export function text(where: string, value: unknown): string {
  if (typeof value === 'string') return value;
  throw invalidArgument(`${where} must be a string, got ${shown(value)}`);
}

/** The value of one of the names. */
export function oneOf<Value>(where: string, value: unknown, known: Readonly<Record<string, Value>>): Value {
  const found = typeof value === 'string' && Object.hasOwn(known, value) ? known[value] : undefined;
  if (found !== undefined) return found;
  const names = Object.keys(known);
  const hint =
    typeof value === 'string' ? suggestion(value, names) : ` (expected one of ${names.join(', ')})`;
  throw invalidArgument(`${where}: unknown value ${shown(value)}${hint}`);
}

/** Seconds of a lifetime; `'forever'` is the kernel's 4294967295. */
export function lifetime(where: string, value: unknown): number {
  return value === 'forever' ? FOREVER : integer(where, value, 0, FOREVER - 1);
}

/** A lifetime of the kernel's: seconds, or `'forever'`. */
export function lifetimeOf(seconds: number): number | 'forever' {
  return seconds === FOREVER ? 'forever' : seconds;
}

const FOREVER = 0xffffffff;
