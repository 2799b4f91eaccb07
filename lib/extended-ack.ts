/** What the kernel says about a request besides its errno, with an error or with success (enum nlmsgerr_attrs). */
export interface ExtendedAck {
  /** The reason in words; with success, a warning. */
  readonly message?: string;
  /** Where the attribute at fault stands in the request: bytes from its header's start. */
  readonly offset?: number;
  /** The attribute at fault in the object that was sent: `'linkinfo.data.mtu'`. */
  readonly path?: string;
  readonly missing?: MissingAttribute;
  readonly policy?: AttributePolicy;
  /** A number or token that identifies what was made, as some families give on success. */
  readonly cookie?: Uint8Array;
}

/** An attribute that the request should have had. */
export interface MissingAttribute {
  readonly type: number;
  /** Where the nested attribute stands in which it is missing; absent: among the outermost. */
  readonly nestOffset?: number;
  readonly path?: string;
}

/** What the kernel accepts in the attribute at fault (enum netlink_policy_type_attr). Only what it said is there. */
export interface AttributePolicy {
  readonly type?: PolicyType;
  readonly minimum?: bigint;
  readonly maximum?: bigint;
  readonly minimumLength?: number;
  readonly maximumLength?: number;
  /** The bits that may be set. */
  readonly mask?: bigint;
}

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
