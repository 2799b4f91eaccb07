import type { AddressForm, MemberSpec, MemberType, StructSpec } from '../model.js';
import { propertyKey } from '../names.js';
import type { SpecNode } from '../spec-node.js';
import { Named } from './context.js';
import { DEFINITION_TYPES, type Definitions } from './definitions.js';
import { MEMBER_KEYS } from './keys.js';
import { resolveNumber } from './limits.js';
import { addressForm, enumUse, integerType } from './value-types.js';

const IPV4_LENGTH = 4;
const DEEPEST_STRUCTURE = 16;
/** An attribute's length has 16 bits. */
const LARGEST_STRUCTURE = 0xffff;

const ADDRESS_LENGTHS: Readonly<Partial<Record<AddressForm, number>>> = {
  mac: 6,
  ipv4: IPV4_LENGTH,
  ipv6: 16,
  uuid: 16,
};

interface Placed {
  readonly type: MemberType;
  readonly length: number;
  readonly alignment: number;
}

/**
 * Computes the offset of each member of each structure. The spec language lists padding only where the kernel's
 * headers do. The padding that the C compiler inserts, between members and after the last, is added here by its rules.
 */
export function readStructs(family: SpecNode, definitions: Definitions): Named<StructSpec> {
  const reader = new StructReader(definitions);
  const nodes = family
    .children('definitions')
    .filter((node) => node.choice('type', DEFINITION_TYPES) === 'struct');
  for (const node of nodes) reader.nodes.add(node.name(), node, node);
  for (const node of nodes) reader.read(node);
  return reader.structs;
}

/** Reads structures in the order of their dependencies. */
class StructReader {
  readonly nodes = new Named<SpecNode>('struct');
  readonly structs = new Named<StructSpec>('struct');
  readonly #definitions: Definitions;
  readonly #reading = new Set<SpecNode>();

  constructor(definitions: Definitions) {
    this.#definitions = definitions;
  }

  read(node: SpecNode): StructSpec {
    const done = this.structs.find(node.name());
    if (done !== undefined) return done;
    if (this.#reading.has(node)) throw node.error('a structure cannot contain itself');
    if (this.#reading.size === DEEPEST_STRUCTURE)
      throw node.error(`structures must be nested at most ${DEEPEST_STRUCTURE} levels deep`);
    this.#reading.add(node);
    const struct = this.#layOut(node);
    this.#reading.delete(node);
    this.structs.add(struct.name, struct, node);
    return struct;
  }

  #layOut(node: SpecNode): StructSpec {
    const members: MemberSpec[] = [];
    const taken = new Set<string>();
    let end = 0;
    let alignment = 1;
    let open = false;
    for (const member of node.children('members')) {
      if (open) throw member.error('a member with repeat: rest must be the last one');
      const name = member.allow(MEMBER_KEYS).name();
      const placed = this.#place(member);
      const key = propertyKey(name);
      if (taken.has(key) && placed.type.kind !== 'pad') throw member.error(`duplicate property ${key}`);
      taken.add(key);
      const offset = alignTo(end, placed.alignment);
      members.push({
        ...{ name, key, offset, length: placed.length, type: placed.type },
        least: placed.length === 0 ? leastRest(placed.type) : placed.length,
        ...this.#default(member, placed.type),
      });
      end = offset + placed.length;
      alignment = Math.max(alignment, placed.alignment);
      open = member.has('repeat');
    }
    if (end > LARGEST_STRUCTURE)
      throw node.error(
        `must have at most ${LARGEST_STRUCTURE} bytes, which fit into an attribute, got ${end}`,
      );
    return { name: node.name(), members, size: open ? end : alignTo(end, alignment), alignment };
  }

  /** `default` is this library's addition to the language: the value in a request's fixed header if the caller omits it. */
  #default(node: SpecNode, { kind }: MemberType): { readonly default?: number } {
    const value = resolveNumber(node, 'default', this.#definitions.constants);
    if (value === undefined) return {};
    if (kind !== 'integer') throw node.error('only a number can have a default', 'default');
    return { default: Number(value) };
  }

  #place(node: SpecNode): Placed {
    const { enums, constants } = this.#definitions;
    const name = node.string('type');
    const integer = integerType(node, name, enumUse(node, enums));
    if (integer !== undefined) {
      const address = addressForm(node) === 'ipv4' && integer.width === 4;
      const type: MemberType = address ? { kind: 'address', form: 'ipv4' } : integer;
      return { type, length: integer.width, alignment: integer.width };
    }
    if (name === 'binary' && node.has('struct')) return this.#nested(node);
    if (takesRest(node)) return restMember(node, name);
    const length = Number(resolveNumber(node, 'len', constants) ?? 0n);
    if (length <= 0 || length > LARGEST_STRUCTURE) {
      throw node.error(`a member of type ${name} must have a length from 1 to ${LARGEST_STRUCTURE}`, 'len');
    }
    return { length, alignment: 1, type: bytesMember(node, name, length) };
  }

  /** A structure within a structure, or as many structures as the payload holds. */
  #nested(node: SpecNode): Placed {
    const struct = this.read(this.nodes.get(node, 'struct'));
    const { alignment, size } = struct;
    if (!takesRest(node)) return { type: { kind: 'struct', struct }, length: size, alignment };
    return { type: { kind: 'array', of: { kind: 'struct', struct } }, length: 0, alignment };
  }
}

/** `repeat: rest` is this library's addition to the language: a last member that extends to the end. */
function takesRest(node: SpecNode): boolean {
  return node.optionalChoice('repeat', ['rest']) !== undefined;
}

function restMember(node: SpecNode, name: string): Placed {
  const type = bytesMember(node, name, 0);
  const alignment = type.kind === 'array' && type.of.kind === 'integer' ? type.of.width : 1;
  return { type, length: 0, alignment };
}

/** An empty payload is valid text, bytes, an array or a link-layer address, but not an address of fixed length. */
function leastRest(type: MemberType): number {
  if (type.kind !== 'address' || type.form === 'mac') return 0;
  return ADDRESS_LENGTHS[type.form] ?? IPV4_LENGTH;
}

function bytesMember(node: SpecNode, type: string, length: number): MemberType {
  if (type === 'pad') return { kind: 'pad' };
  if (type === 'string') return { kind: 'string' };
  if (type !== 'binary') throw node.error(`unknown member type '${type}'`, 'type');
  if (node.has('sub-type')) {
    const of = integerType(node, node.string('sub-type'));
    if (of === undefined)
      throw node.error('the elements of an array in a structure must be integers', 'sub-type');
    return { kind: 'array', of };
  }
  const form = addressForm(node);
  if (form === undefined || (length !== 0 && (ADDRESS_LENGTHS[form] ?? length) !== length))
    return { kind: 'bytes' };
  return { kind: 'address', form };
}

function alignTo(offset: number, alignment: number): number {
  return Math.ceil(offset / alignment) * alignment;
}
