import type { AttributeSpec, ConstantSpec, FormatSpec, SubMessageSpec } from '../model.js';
import { constantName, propertyKey } from '../names.js';
import type { SpecNode } from '../spec-node.js';
import { readValueType, type References } from './attribute-types.js';
import { Named } from './context.js';
import type { Definitions } from './definitions.js';
import { ATTRIBUTE_KEYS, FORMAT_KEYS, SET_KEYS, SUB_MESSAGE_KEYS } from './keys.js';
import { resolveLimits } from './limits.js';
import type { Draft, SetDraft } from './selectors.js';

const NLA_TYPE_MAX = 0x3fff;
const DEEPEST_SUBSET = 16;

/** An attribute's entry in the spec, with what a subset inherits, and its place. */
interface AttributeNode {
  readonly node: SpecNode;
  readonly id: number;
  readonly constant?: string;
}

/** Reads all attribute sets and sub-messages. They refer to each other freely, so all are created before any is filled. */
export class SetReader {
  readonly sets = new Named<SetDraft>('attribute set');
  readonly subMessages = new Named<Draft<SubMessageSpec>>('sub-message');
  readonly #nodes = new Named<SpecNode>('attribute set');
  readonly #numbered = new Map<SpecNode, ReadonlyMap<string, AttributeNode>>();
  readonly #references: References;
  readonly #open = new Set<SpecNode>();
  readonly #constants: Named<ConstantSpec>;
  readonly #prefix: string;
  readonly #raw: boolean;

  constructor(
    family: SpecNode,
    definitions: Definitions,
    structs: References['structs'],
    options: { readonly prefix: string; readonly raw: boolean },
  ) {
    this.#constants = definitions.constants;
    this.#prefix = options.prefix;
    this.#raw = options.raw;
    this.#references = {
      enums: definitions.enums,
      structs,
      sets: this.sets,
      subMessages: this.subMessages,
    };
    const setNodes = family.children('attribute-sets');
    const messageNodes = family.children('sub-messages');
    for (const node of setNodes) {
      const name = node.allow(SET_KEYS).name();
      this.#nodes.add(name, node, node);
      this.sets.add(name, { name, attributes: [], outerSelectors: [] }, node);
    }
    for (const node of messageNodes) {
      const name = node.allow(SUB_MESSAGE_KEYS).name();
      this.subMessages.add(name, { name, formats: [] }, node);
    }
    for (const node of setNodes) this.#fillSet(node, this.sets.get(node, 'name'));
    for (const node of messageNodes) this.#fillSubMessage(node, this.subMessages.get(node, 'name'));
  }

  #fillSet(node: SpecNode, set: SetDraft): void {
    const ids = new Map<number, string>();
    for (const attribute of this.#number(node).values()) {
      const spec = this.#readAttribute(attribute);
      const other = ids.get(spec.id);
      if (other !== undefined)
        throw attribute.node.error(`'${other}' already has the number ${spec.id}`, 'value');
      ids.set(spec.id, spec.name);
      const twin = set.attributes.find(({ key }) => key === spec.key);
      if (twin !== undefined)
        throw attribute.node.error(`'${twin.name}' already has the property ${spec.key}`);
      set.attributes.push(spec);
    }
  }

  #readAttribute({ node, id, constant }: AttributeNode): AttributeSpec {
    const name = node.name();
    return {
      name,
      key: propertyKey(name),
      id,
      type: readValueType(node, this.#references),
      multi: node.boolean('multi-attr'),
      limits: resolveLimits(node, this.#constants),
      ...(constant !== undefined && { constant }),
    };
  }

  /** Numbers a set's attributes, counting up from 1; a subset inherits the numbers of its parent. */
  #number(node: SpecNode): ReadonlyMap<string, AttributeNode> {
    const done = this.#numbered.get(node);
    if (done !== undefined) return done;
    const numbered = node.has('subset-of') ? this.#numberSubset(node) : this.#numberSet(node);
    this.#numbered.set(node, numbered);
    return numbered;
  }

  #numberSet(node: SpecNode): ReadonlyMap<string, AttributeNode> {
    const numbered = new Map<string, AttributeNode>();
    const name = node.name();
    const prefix =
      node.optionalPrefix('name-prefix') ??
      (this.#raw ? undefined : `${this.#prefix}-a-${name === this.#prefix ? '' : `${name}-`}`);
    let next = 1;
    for (const attribute of node.children('attributes')) {
      const own = attribute.allow(ATTRIBUTE_KEYS).name();
      const id = attribute.unsigned('value', NLA_TYPE_MAX) ?? next;
      next = id + 1;
      if (numbered.has(own)) throw attribute.error(`duplicate attribute '${own}'`);
      const ownPrefix = attribute.optionalPrefix('name-prefix') ?? prefix;
      numbered.set(own, {
        node: attribute,
        id,
        ...(ownPrefix !== undefined && { constant: constantName(ownPrefix, own) }),
      });
    }
    return numbered;
  }

  #numberSubset(node: SpecNode): ReadonlyMap<string, AttributeNode> {
    const parentNode = this.#nodes.get(node, 'subset-of');
    if (this.#open.has(node)) throw node.error('a set cannot be a subset of itself', 'subset-of');
    if (this.#open.size === DEEPEST_SUBSET)
      throw node.error(`subsets must be nested at most ${DEEPEST_SUBSET} levels deep`, 'subset-of');
    this.#open.add(node);
    const parent = this.#number(parentNode);
    this.#open.delete(node);
    const numbered = new Map<string, AttributeNode>();
    for (const attribute of node.children('attributes')) {
      const name = attribute.allow(ATTRIBUTE_KEYS).name();
      const inherited = parent.get(name);
      if (inherited === undefined) {
        throw attribute.error(`'${node.string('subset-of')}' has no attribute '${name}'`);
      }
      numbered.set(name, { ...inherited, node: attribute.over(inherited.node) });
    }
    return numbered;
  }

  #fillSubMessage(node: SpecNode, message: Draft<SubMessageSpec>): void {
    for (const format of node.children('formats', 'value')) {
      const header = this.#references.structs.optional(format.allow(FORMAT_KEYS), 'fixed-header');
      const set = this.sets.optional(format, 'attribute-set');
      const spec: FormatSpec = {
        value: format.printable('value'),
        ...(header && { header }),
        ...(set && { set }),
      };
      if (message.formats.some(({ value }) => value === spec.value)) {
        throw format.error(`duplicate format for '${spec.value}'`);
      }
      message.formats.push(spec);
    }
  }
}
