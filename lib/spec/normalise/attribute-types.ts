import type { AddressForm, EnumSpec, SetSpec, StructSpec, SubMessageSpec, ValueType } from '../model.js';
import { propertyKey } from '../names.js';
import type { SpecNode } from '../spec-node.js';
import type { Named } from './context.js';
import type { SelectorDraft } from './selectors.js';
import { CHECK_KEYS } from './keys.js';
import { addressForm, enumUse, integerType, variableIntegerType } from './value-types.js';

/** What an attribute's type can refer to. */
export interface References {
  readonly enums: Named<EnumSpec>;
  readonly structs: Named<StructSpec>;
  readonly sets: Named<SetSpec>;
  readonly subMessages: Named<SubMessageSpec>;
}

export function readValueType(node: SpecNode, references: References): ValueType {
  const type = scalarType(node, node.string('type'), references);
  if (type !== undefined) return node.has('type-value') ? keyed(node, type) : type;
  switch (node.string('type')) {
    case 'nest':
      return nestType(node, references);
    case 'nest-type-value':
      return keyed(node, nestType(node, references));
    case 'indexed-array':
      return {
        kind: 'indexed',
        of: elementType(node, references),
        first: node.unsigned('index-base', 1) ?? 0,
      };
    case 'sub-message':
      return subMessage(node, references);
    case 'sequence':
      return { kind: 'sequence', set: references.sets.get(node, 'nested-attributes') };
    case 'records':
      return {
        kind: 'records',
        header: references.structs.get(node, 'struct'),
        set: references.sets.get(node, 'nested-attributes'),
      };
    default:
      throw node.error(`unknown attribute type '${node.string('type')}'`, 'type');
  }
}

function scalarType(node: SpecNode, name: string, references: References): ValueType | undefined {
  const names = enumUse(node, references.enums);
  const hint = addressForm(node);
  const integer = integerType(node, name, names);
  if (integer !== undefined) {
    return hint === 'ipv4' && integer.width === 4 ? { kind: 'address', form: hint } : integer;
  }
  const variable = variableIntegerType(node, name, names);
  if (variable !== undefined) return variable;
  switch (name) {
    case 'flag':
    case 'pad':
    case 'unused':
      return { kind: name };
    case 'string':
      // Always sent with its NUL. `unterminated-ok` only says that the policy accepts text without one; team compares with strcmp().
      node.optionalChild('checks')?.allow(CHECK_KEYS);
      return { kind: 'string' };
    case 'bitfield32':
      return { kind: 'bitfield32', ...(names && { names: { enum: names.enum, flags: true } }) };
    case 'binary':
      return binaryType(node, hint, references);
    default:
      return undefined;
  }
}

function binaryType(node: SpecNode, hint: AddressForm | undefined, references: References): ValueType {
  const struct = references.structs.optional(node, 'struct');
  if (struct !== undefined) return { kind: 'struct', struct };
  if (node.has('sub-type')) {
    const of = integerType(node, node.string('sub-type'), enumUse(node, references.enums));
    if (of === undefined) throw node.error('the elements of a C array must be integers', 'sub-type');
    return { kind: 'array', of };
  }
  return hint === undefined ? { kind: 'bytes' } : { kind: 'address', form: hint };
}

function nestType(node: SpecNode, references: References): ValueType {
  const header = references.structs.optional(node, 'struct');
  const set = references.sets.get(node, 'nested-attributes');
  return { kind: 'nest', set, ...(header && { header }) };
}

function elementType(node: SpecNode, references: References): ValueType {
  const name = node.string('sub-type');
  if (name === 'nest') return nestType(node, references);
  const type = name === 'binary' ? binaryElement(node, references) : scalarType(node, name, references);
  if (type === undefined) throw node.error(`unknown entry type '${name}'`, 'sub-type');
  return type;
}

function binaryElement(node: SpecNode, references: References): ValueType {
  const struct = references.structs.optional(node, 'struct');
  if (struct !== undefined) return { kind: 'struct', struct };
  const form = addressForm(node);
  return form === undefined ? { kind: 'bytes' } : { kind: 'address', form };
}

/** `selectors.ts` finds out whether the selector is in the same set, once all sets have been read. */
function subMessage(node: SpecNode, references: References): ValueType {
  const name = node.string('selector');
  const selector: SelectorDraft = { name, key: propertyKey(name), outer: false };
  return { kind: 'sub-message', message: references.subMessages.get(node, 'sub-message'), selector };
}

function keyed(node: SpecNode, of: ValueType): ValueType {
  const keys = node.names('type-value').map(propertyKey);
  if (keys.length === 0) throw node.error('must have at least one key', 'type-value');
  return { kind: 'keyed', keys, of };
}
