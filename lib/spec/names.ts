/** `num-tx-queues` as a property: `numTxQueues`. */
export function camelCase(name: string): string {
  return name.replace(/[-_]+(.)/g, (_, letter: string) => letter.toUpperCase());
}

/** Properties that every object has, or that decoded objects have in addition to those of their specification. */
const RESERVED = new Set([...Object.getOwnPropertyNames(Object.prototype), 'extra', 'tail', 'then']);

/** {@link camelCase} for a property of values or of operations: `constructor` and the like get an underscore at the end. */
export function propertyKey(name: string): string {
  const key = camelCase(name);
  return RESERVED.has(key) ? `${key}_` : key;
}

/** `link-attrs` as a type: `LinkAttrs`; a name that begins with a digit gets an underscore in front. */
export function pascalCase(name: string): string {
  const camel = camelCase(name);
  const pascal = camel.charAt(0).toUpperCase() + camel.slice(1);
  return /^[0-9]/.test(pascal) ? `_${pascal}` : pascal;
}

/** `ifla-` and `num-tx-queues` as the kernel's headers write it: `IFLA_NUM_TX_QUEUES`. */
export function constantName(prefix: string, name: string): string {
  return `${prefix}${name}`.replaceAll('-', '_').toUpperCase();
}
