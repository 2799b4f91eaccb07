/** What the kernel reports about a request besides its errno, on failure or success (enum nlmsgerr_attrs). */
export interface ExtendedAck {
  /** The reason in words; on success, a warning. */
  readonly message?: string;
  /** Offset of the attribute at fault, in bytes from the start of the request's message header. */
  readonly offset?: number;
  /** The attribute at fault in the object that was sent: `'linkinfo.data.mtu'`. */
  readonly path?: string;
  /** The attribute that the request lacks (NLMSGERR_ATTR_MISS_TYPE). */
  readonly missing?: MissingAttribute;
  /** What the kernel accepts for the attribute at fault (NLMSGERR_ATTR_POLICY). */
  readonly policy?: AttributePolicy;
  /** A number or token that identifies the object that was created; some families return one on success. */
  readonly cookie?: Uint8Array;
}

/** An attribute that the request should have had. */
export interface MissingAttribute {
  /** The attribute's type number. */
  readonly type: number;
  /** Offset of the nested attribute in which it is missing; absent if it is missing at the outermost level. */
  readonly nestOffset?: number;
  /** Where it belongs in the request, as a property path; absent if the family's specification does not have it. */
  readonly path?: string;
}

/** What the kernel accepts in the attribute at fault (enum netlink_policy_type_attr). Limits that it did not report are absent. */
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
/** The kinds of value that a policy names (enum netlink_attribute_type); a kind newer than this list is a number. */
export type PolicyType = (typeof POLICY_TYPES)[number] | `${number}`;
