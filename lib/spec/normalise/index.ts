import { NETLINK_GENERIC } from '../../wire/constants.js';
import type { FamilySpec } from '../model.js';
import { operationBodies } from '../operation-bodies.js';
import { SpecNode } from '../spec-node.js';
import { readDefinitions } from './definitions.js';
import { FAMILY_KEYS } from './keys.js';
import { readGroups, readOperations } from './operations.js';
import { bindSelectors } from './selectors.js';
import { SetReader } from './sets.js';
import { readStructs } from './structs.js';

const PROTOCOLS = ['genetlink', 'genetlink-c', 'genetlink-legacy', 'netlink-raw'] as const;

/** The kernel has at most 32 protocols (MAX_LINKS). */
function protocolNumber(family: SpecNode): number {
  return family.unsigned('protonum', 31) ?? family.integer('protonum');
}

/**
 * Converts a parsed spec to the normalised form: resolves numbers, subsets, layouts, references and selectors,
 * and checks everything on the way.
 *
 * @param parsed the spec as a YAML parser returns it, or an object of the same shape
 * @param file the file name that errors show
 * @throws {NetlinkError} `ERR_NETLINK_INVALID_SPEC`, naming the file, the path in it and the reason
 */
export function normalise(parsed: unknown, file: string): FamilySpec {
  const family = new SpecNode(parsed, { file, path: '' }).allow(FAMILY_KEYS);
  const name = family.name();
  const raw = (family.optionalChoice('protocol', PROTOCOLS) ?? 'genetlink') === 'netlink-raw';
  const protocol = raw ? protocolNumber(family) : NETLINK_GENERIC;
  const prefix = raw ? undefined : name;
  const definitions = readDefinitions(family, prefix);
  const structs = readStructs(family, definitions);
  const reader = new SetReader(family, definitions, structs, { prefix: name, raw });
  const groups = readGroups(family);
  const operations = readOperations(family, { structs, sets: reader.sets, prefix }, groups);
  const roots = new Set(operations.flatMap(operationBodies).flatMap(({ set }) => set ?? []));
  bindSelectors(reader.sets.values(), reader.subMessages.values(), roots, file);
  return {
    name,
    protocol,
    ...(!raw && { generic: { version: family.unsigned('version', 0xff) ?? 1 } }),
    enums: definitions.enums.values(),
    structs: structs.values(),
    sets: reader.sets.values(),
    subMessages: reader.subMessages.values(),
    operations,
    groups,
    constants: definitions.constants.values(),
  };
}
