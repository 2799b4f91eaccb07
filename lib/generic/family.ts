import { AttributeReader } from '../wire/attributes.js';
import type { WireView } from '../wire/view.js';

/** A Generic Netlink family as the kernel's controller describes it. */
export interface GenericFamily {
  /** The message type of its messages, which the kernel assigns when the family registers. */
  readonly id: number;
  /** The family's name. */
  readonly name: string;
  /** The version that the kernel reports. */
  readonly version: number;
  /** Bytes of its own header, which follows struct genlmsghdr. */
  readonly headerSize: number;
  /** The highest attribute number of its requests; 0 if each command has its own limit. */
  readonly maxAttribute: number;
  /** The commands, as far as the kernel lists them. */
  readonly operations: readonly GenericOperation[];
  /** Multicast groups: number by name. */
  readonly groups: ReadonlyMap<string, number>;
}

/** One command of a family. */
export interface GenericOperation {
  /** The command's number. */
  readonly command: number;
  /** It needs CAP_NET_ADMIN in the initial user namespace (GENL_ADMIN_PERM). */
  readonly needsAdmin: boolean;
  /** It needs CAP_NET_ADMIN in the user namespace of the network namespace (GENL_UNS_ADMIN_PERM). */
  readonly needsNamespaceAdmin: boolean;
  /** Whether the command accepts single requests (GENL_CMD_CAP_DO). */
  readonly canDo: boolean;
  /** Whether the command accepts dump requests (GENL_CMD_CAP_DUMP). */
  readonly canDump: boolean;
  /** Whether its policy can be requested. */
  readonly hasPolicy: boolean;
}

const CTRL_ATTR_FAMILY_ID = 1;
const CTRL_ATTR_FAMILY_NAME = 2;
const CTRL_ATTR_VERSION = 3;
const CTRL_ATTR_HDRSIZE = 4;
const CTRL_ATTR_MAXATTR = 5;
const CTRL_ATTR_OPS = 6;
const CTRL_ATTR_MCAST_GROUPS = 7;
const CTRL_ATTR_OP_ID = 1;
const CTRL_ATTR_OP_FLAGS = 2;
const CTRL_ATTR_MCAST_GRP_NAME = 1;
const CTRL_ATTR_MCAST_GRP_ID = 2;

/** Reads the attributes of a CTRL_CMD_NEWFAMILY, which follow struct genlmsghdr. */
export function decodeFamily(view: WireView, offset: number, end: number): GenericFamily {
  let id = 0;
  let name = '';
  let version = 0;
  let headerSize = 0;
  let maxAttribute = 0;
  let operations: readonly GenericOperation[] = [];
  let groups: ReadonlyMap<string, number> = new Map();
  const reader = new AttributeReader(view, offset, end);
  while (reader.next()) {
    if (reader.type === CTRL_ATTR_FAMILY_ID) id = reader.u16();
    else if (reader.type === CTRL_ATTR_FAMILY_NAME) name = reader.string();
    else if (reader.type === CTRL_ATTR_VERSION) version = reader.u32();
    else if (reader.type === CTRL_ATTR_HDRSIZE) headerSize = reader.u32();
    else if (reader.type === CTRL_ATTR_MAXATTR) maxAttribute = reader.u32();
    else if (reader.type === CTRL_ATTR_OPS) operations = decodeOperations(reader.nested());
    else if (reader.type === CTRL_ATTR_MCAST_GROUPS) groups = decodeGroups(reader.nested());
  }
  return { id, name, version, headerSize, maxAttribute, operations, groups };
}

function decodeOperations(entries: AttributeReader): GenericOperation[] {
  const operations: GenericOperation[] = [];
  while (entries.next()) {
    let command = 0;
    let flags = 0;
    const reader = entries.nested();
    while (reader.next()) {
      if (reader.type === CTRL_ATTR_OP_ID) command = reader.u32();
      else if (reader.type === CTRL_ATTR_OP_FLAGS) flags = reader.u32();
    }
    operations.push({
      command,
      needsAdmin: (flags & 0x01) !== 0,
      canDo: (flags & 0x02) !== 0,
      canDump: (flags & 0x04) !== 0,
      hasPolicy: (flags & 0x08) !== 0,
      needsNamespaceAdmin: (flags & 0x10) !== 0,
    });
  }
  return operations;
}

function decodeGroups(entries: AttributeReader): Map<string, number> {
  const groups = new Map<string, number>();
  while (entries.next()) {
    let name = '';
    let id = 0;
    const reader = entries.nested();
    while (reader.next()) {
      if (reader.type === CTRL_ATTR_MCAST_GRP_NAME) name = reader.string();
      else if (reader.type === CTRL_ATTR_MCAST_GRP_ID) id = reader.u32();
    }
    groups.set(name, id);
  }
  return groups;
}
