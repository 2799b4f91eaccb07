/** What the kernel reports about a request besides its errno, on failure or success (enum nlmsgerr_attrs). */
export interface ExtendedAck {
  /** The reason in words; on success, a warning. */
  readonly message?: string;
  /** Offset of the attribute at fault, in bytes from the start of the request's message header. */
  readonly offset?: number;
  /** The attribute at fault in the object that was sent: `'linkinfo.data.mtu'`. */
  readonly path?: string;
  readonly missing?: MissingAttribute;
  readonly policy?: AttributePolicy;
  /** A number or token that identifies the object that was created; some families return one on success. */
  readonly cookie?: Uint8Array;
}

/** An attribute that the request should have had. */
export interface MissingAttribute {
  readonly type: number;
  /** Offset of the nested attribute in which it is missing; absent if it is missing at the outermost level. */
  readonly nestOffset?: number;
  readonly path?: string;
}

/** What the kernel accepts in the attribute at fault (enum netlink_policy_type_attr). Limits that it did not report are absent. */
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
/** The kinds of value that a policy names (enum netlink_attribute_type); a kind newer than this list is a number. */
export type PolicyType = (typeof POLICY_TYPES)[number] | `${number}`;
