import type {
  BodySpec,
  GroupSpec,
  MessageSpec,
  ModeSpec,
  NotificationSpec,
  OperationSpec,
  Privilege,
  RequestSpec,
  SetSpec,
  StructSpec,
} from '../model.js';
import { constantName, propertyKey } from '../names.js';
import type { SpecNode } from '../spec-node.js';
import { Named } from './context.js';
import {
  EVENT_KEYS,
  GROUP_KEYS,
  GROUPS_KEYS,
  MESSAGE_KEYS,
  MODE_KEYS,
  OPERATION_KEYS,
  OPERATIONS_KEYS,
  REQUEST_KEYS,
} from './keys.js';

const MESSAGE_TYPE_MAX = 0xffff;
const PRIVILEGES: readonly Privilege[] = ['admin-perm', 'uns-admin-perm'];

/** The numbers of an operation's messages: to the kernel, and from it. */
interface Ids {
  readonly request: number;
  readonly reply: number;
}

export interface OperationParts {
  readonly structs: Named<StructSpec>;
  readonly sets: Named<SetSpec>;
  /** The prefix of constants if the spec has none; absent on a protocol of its own. */
  readonly prefix: string | undefined;
}

export function readGroups(family: SpecNode): GroupSpec[] {
  const groups = new Named<GroupSpec>('multicast group');
  for (const node of family.optionalChild('mcast-groups')?.allow(GROUPS_KEYS).children('list') ?? []) {
    const name = node.allow(GROUP_KEYS).printable('name');
    const id = node.unsigned('value');
    groups.add(name, { name, ...(id !== undefined && { id }) }, node);
  }
  return groups.values();
}

export function readOperations(
  family: SpecNode,
  parts: OperationParts,
  groups: readonly GroupSpec[],
): OperationSpec[] {
  const list = family.child('operations').allow(OPERATIONS_KEYS);
  const nodes = list.children('list').map((node) => node.allow(OPERATION_KEYS));
  const ids =
    list.optionalChoice('enum-model', ['unified', 'directional']) === 'directional'
      ? numberByDirection(nodes)
      : numberTogether(nodes);
  const prefix = list.optionalPrefix('name-prefix') ?? (parts.prefix && `${parts.prefix}-cmd-`);
  const byName = new Named<SpecNode>('operation');
  for (const node of nodes) byName.add(node.name(), node, node);
  const reader = new OperationReader(list, parts, byName, groups);
  const keys = new Map<string, string>();
  return nodes.flatMap((node) => {
    const twin = keys.get(propertyKey(node.name()));
    if (twin !== undefined)
      throw node.error(`'${twin}' already has the property ${propertyKey(node.name())}`);
    keys.set(propertyKey(node.name()), node.name());
    const own = ids.get(node);
    if (own === undefined) return [];
    const constant = prefix === undefined ? undefined : constantName(prefix, node.name());
    return [{ ...reader.read(node, own), ...(constant !== undefined && { constant }) }];
  });
}

/** One enum for both directions: operations count up from 1. */
function numberTogether(nodes: readonly SpecNode[]): Map<SpecNode, Ids> {
  const ids = new Map<SpecNode, Ids>();
  let next = 1;
  for (const node of nodes) {
    const id = node.unsigned('value', MESSAGE_TYPE_MAX) ?? next;
    next = id + 1;
    if (isOperation(node)) ids.set(node, { request: id, reply: id });
  }
  return ids;
}

/** An enum for each direction; a message that goes only one way counts only in that one. */
function numberByDirection(nodes: readonly SpecNode[]): Map<SpecNode, Ids> {
  const ids = new Map<SpecNode, Ids>();
  let request = 1;
  let reply = 1;
  for (const node of nodes) {
    if (!isOperation(node)) continue;
    if (node.has('notify') || node.has('event')) {
      reply = node.unsigned('value', MESSAGE_TYPE_MAX) ?? reply;
      ids.set(node, { request: 0, reply });
      reply++;
      continue;
    }
    const mode = node.optionalChild('do') ?? node.child('dump');
    request = mode.optionalChild('request')?.unsigned('value', MESSAGE_TYPE_MAX) ?? request;
    reply = mode.optionalChild('reply')?.unsigned('value', MESSAGE_TYPE_MAX) ?? reply;
    ids.set(node, { request, reply });
    request++;
    if (mode.has('reply')) reply++;
  }
  return ids;
}

/** Whether it can be used: some numbers are only reserved. */
function isOperation(node: SpecNode): boolean {
  return ['do', 'dump', 'notify', 'event'].some((key) => node.has(key));
}

class OperationReader {
  readonly #list: SpecNode;
  readonly #parts: OperationParts;
  readonly #byName: Named<SpecNode>;
  readonly #groups: readonly GroupSpec[];

  constructor(list: SpecNode, parts: OperationParts, byName: Named<SpecNode>, groups: readonly GroupSpec[]) {
    this.#list = list;
    this.#parts = parts;
    this.#byName = byName;
    this.#groups = groups;
  }

  read(node: SpecNode, ids: Ids): OperationSpec {
    const name = node.name();
    const source = node.has('notify') ? this.#byName.get(node, 'notify') : node;
    const body = this.#body(node, source);
    const privilege = PRIVILEGES.find((flag) => node.strings('flags').includes(flag));
    const doMode = this.#mode(node.optionalChild('do'), ids, body);
    const dump = this.#mode(node.optionalChild('dump'), ids, body);
    const notification = this.#notification(node, source, ids, body);
    return {
      name,
      key: propertyKey(name),
      body,
      ...(privilege && { privilege }),
      ...(doMode && { do: doMode }),
      ...(dump && { dump }),
      ...(notification && { notification }),
    };
  }

  #body(node: SpecNode, source: SpecNode): BodySpec {
    const headed = [node, source, this.#list].find((place) => place.has('fixed-header'));
    const header = headed && this.#parts.structs.get(headed, 'fixed-header');
    const set =
      this.#parts.sets.optional(node, 'attribute-set') ?? this.#parts.sets.optional(source, 'attribute-set');
    return { ...(header && { header }), ...(set && { set }) };
  }

  #mode(node: SpecNode | undefined, ids: Ids, body: BodySpec): ModeSpec | undefined {
    if (node === undefined) return undefined;
    node.allow(MODE_KEYS);
    const request = this.#request(node.optionalChild('request'), ids.request, body);
    const reply = node.has('reply')
      ? this.#message(node.child('reply').allow(MESSAGE_KEYS), ids.reply, body)
      : undefined;
    return {
      request,
      ...(reply && { reply }),
      ...(node.boolean('echo') && { echo: true }),
      ...(node.boolean('optional-reply') && { optionalReply: true }),
    };
  }

  /** This library's addition to the language: a request may name its own fixed header, with its own attributes. */
  #request(node: SpecNode | undefined, id: number, reply: BodySpec): RequestSpec {
    if (node === undefined) return { id, attributes: [] };
    node.allow(REQUEST_KEYS);
    if (!node.has('fixed-header')) return this.#message(node, id, reply);
    const set = this.#parts.sets.optional(node, 'attribute-set');
    const body = { header: this.#parts.structs.get(node, 'fixed-header'), ...(set && { set }) };
    return { ...this.#message(node, id, body), body };
  }

  #message(node: SpecNode, id: number, body: BodySpec): MessageSpec {
    return {
      id: node.unsigned('value', MESSAGE_TYPE_MAX) ?? id,
      attributes: this.#attributes(node, body),
    };
  }

  #attributes(node: SpecNode, { set, header }: BodySpec): string[] {
    const names = node.strings('attributes');
    // Members of the fixed header are listed like attributes in places.
    const known = new Set([...(set?.attributes ?? []), ...(header?.members ?? [])].map(({ name }) => name));
    const stray = names.find((name) => !known.has(name));
    if (stray !== undefined) {
      throw node.error(`'${set?.name ?? 'the operation'}' has no attribute '${stray}'`, 'attributes');
    }
    return names.filter((name) => set?.attributes.some((attribute) => attribute.name === name) === true);
  }

  #notification(node: SpecNode, source: SpecNode, ids: Ids, body: BodySpec): NotificationSpec | undefined {
    const event = node.optionalChild('event')?.allow(EVENT_KEYS);
    if (event === undefined && !node.has('notify')) return undefined;
    const mode = source.optionalChild('do') ?? source.optionalChild('dump');
    const listed = event ?? mode?.optionalChild('reply');
    const group = node.optionalString('mcgrp');
    if (group !== undefined && !this.#groups.some(({ name }) => name === group)) {
      throw node.error(`unknown multicast group '${group}'`, 'mcgrp');
    }
    return {
      id: ids.reply,
      attributes: listed === undefined ? [] : this.#attributes(listed, body),
      ...(group !== undefined && { group }),
    };
  }
}
