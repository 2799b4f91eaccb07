/** A value as error messages show it: text in quotes, arrays and objects by their kind. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return 'an array';
  return value instanceof Uint8Array ? 'a Uint8Array' : 'an object';
}
