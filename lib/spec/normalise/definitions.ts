import type { ConstantSpec, EnumEntry, EnumSpec } from '../model.js';
import { constantName } from '../names.js';
import { SpecNode } from '../spec-node.js';
import { Named } from './context.js';
import { DEFINITION_KEYS, ENTRY_KEYS } from './keys.js';
import { resolveNumber } from './limits.js';

const LONGEST_TEXT = 256;

export const DEFINITION_TYPES = ['const', 'enum', 'flags', 'struct'] as const;

/** The constants and enums of a spec. Structures are in `structs.ts`. */
export interface Definitions {
  readonly constants: Named<ConstantSpec>;
  readonly enums: Named<EnumSpec>;
}

export function readDefinitions(family: SpecNode, prefix: string | undefined): Definitions {
  const constants = new Named<ConstantSpec>('constant');
  const enums = new Named<EnumSpec>('enum');
  const nodes = family.children('definitions').map((node) => node.allow(DEFINITION_KEYS));
  for (const node of nodes) {
    if (node.choice('type', DEFINITION_TYPES) !== 'const') continue;
    constants.add(node.name(), { name: node.name(), value: constantValue(node) }, node);
  }
  for (const node of nodes) {
    const type = node.choice('type', DEFINITION_TYPES);
    if (type === 'enum' || type === 'flags') {
      enums.add(node.name(), readEnum(node, type === 'flags', constants, prefix), node);
    }
  }
  return { constants, enums };
}

function constantValue(node: SpecNode): number | bigint | string {
  const value = node.raw('value');
  if (typeof value === 'bigint' || (typeof value === 'number' && Number.isSafeInteger(value))) return value;
  if (typeof value === 'string' && value.length <= LONGEST_TEXT) return value;
  throw node.error(`a constant must be an integer or text of at most ${LONGEST_TEXT} characters`, 'value');
}

/** Entries count up from 0 or `value-start`; the values of flags are bit numbers. */
function readEnum(
  node: SpecNode,
  flags: boolean,
  constants: Named<ConstantSpec>,
  familyPrefix: string | undefined,
): EnumSpec {
  const name = node.name();
  const prefix = node.optionalPrefix('name-prefix') ?? (familyPrefix && `${familyPrefix}-${name}-`);
  const header = node.optionalHeader('header');
  const taken = new Set<string>();
  let next = Number(resolveNumber(node, 'value-start', constants) ?? 0n);
  const entries = node.list('entries').map((value, index): EnumEntry => {
    const entry = readEntry(node, value, index);
    if (taken.has(entry.name)) throw node.error(`duplicate entry '${entry.name}'`, 'entries');
    taken.add(entry.name);
    const number = entry.value ?? next;
    next = number + 1;
    if (flags && (number < 0 || number > 63)) {
      throw node.error(`the bit of '${entry.name}' must be from 0 to 63, got ${number}`, 'entries');
    }
    return {
      name: entry.name,
      value: number,
      ...(prefix !== undefined && { constant: constantName(prefix, entry.name) }),
    };
  });
  return { name, flags, entries, ...(header !== undefined && { header }) };
}

function readEntry(
  node: SpecNode,
  value: unknown,
  index: number,
): { readonly name: string; readonly value?: number | undefined } {
  if (typeof value === 'string') return { name: node.nameIn(value, `entries[${index}]`) };
  const entry = new SpecNode(value, node.at(`entries[${index}]`)).allow(ENTRY_KEYS);
  return { name: entry.name(), value: entry.optionalInteger('value') };
}
