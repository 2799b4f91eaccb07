/** What the kernel says about a request besides its errno, with an error or with success (enum nlmsgerr_attrs). */
export interface ExtendedAck {
  /** The reason in words; with success, a warning. */
  readonly message?: string;
  /** Where the attribute at fault stands in the request: bytes from its header's start. */
  readonly offset?: number;
  /** The attribute at fault in the object that was sent: `'linkinfo.data.mtu'`. */
  readonly path?: string;
  /** The attribute that the request lacks (NLMSGERR_ATTR_MISS_TYPE). */
  readonly missing?: MissingAttribute;
  /** What the kernel accepts for the attribute at fault (NLMSGERR_ATTR_POLICY). */
  readonly policy?: AttributePolicy;
  /** A number or token that identifies what was made, as some families give on success. */
  readonly cookie?: Uint8Array;
}

/** An attribute that the request should have had. */
export interface MissingAttribute {
  /** The attribute's type number. */
  readonly type: number;
  /** Where the nested attribute stands in which it is missing; absent: among the outermost. */
  readonly nestOffset?: number;
  /** Where it belongs in the request, as a property path; absent if the family's specification does not have it. */
  readonly path?: string;
}

/** What the kernel accepts in the attribute at fault (enum netlink_policy_type_attr). Only what it said is there. */
export interface AttributePolicy {
  /** The kind of payload (NL_ATTR_TYPE_…). */
  readonly type?: PolicyType;
  /** Lowest value of an integer. */
  readonly minimum?: bigint;
  /** Highest value of an integer. */
  readonly maximum?: bigint;
  /** Least length in bytes. */
  readonly minimumLength?: number;
  /** Greatest length in bytes. */
  readonly maximumLength?: number;
  /** The bits that may be set. */
  readonly mask?: bigint;
}

/** Names of the kernel's NL_ATTR_TYPE_… by their number. */
export const POLICY_TYPES = [
  'invalid',
  'flag',
  'u8',
  'u16',
  'u32',
  'u64',
  's8',
  's16',
  's32',
  's64',
  'binary',
  'string',
  'nul-string',
  'nested',
  'nested-array',
  'bitfield32',
  'sint',
  'uint',
] as const;
/** The kinds of value that a policy speaks of (enum netlink_attribute_type); a newer one is its number. */
export type PolicyType = (typeof POLICY_TYPES)[number] | `${number}`;
