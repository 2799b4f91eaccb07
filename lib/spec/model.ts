/**
 * The normalised form of a netlink family: everything that the spec language leaves implicit is explicit, and every
 * reference is the object itself. The interpreter runs it, the generator prints it, and the tools describe it.
 */
export interface FamilySpec {
  /** The spec's name, for example `rt-link`. */
  readonly name: string;
  /** The netlink protocol number: the third argument of socket(AF_NETLINK, …). */
  readonly protocol: number;
  /** Present if the family is on Generic Netlink; absent on a protocol of its own. */
  readonly generic?: GenericSpec;
  readonly enums: readonly EnumSpec[];
  readonly structs: readonly StructSpec[];
  readonly sets: readonly SetSpec[];
  readonly subMessages: readonly SubMessageSpec[];
  readonly operations: readonly OperationSpec[];
  readonly groups: readonly GroupSpec[];
  readonly constants: readonly ConstantSpec[];
}

export interface GenericSpec {
  /** The version that requests carry (struct genlmsghdr). */
  readonly version: number;
}

export interface ConstantSpec {
  readonly name: string;
  readonly value: number | bigint | string;
}

export interface GroupSpec {
  readonly name: string;
  /** The group's number; Generic Netlink assigns it at run time. */
  readonly id?: number;
}

export interface EnumSpec {
  readonly name: string;
  /** Whether the entries' values are bit numbers, to be combined. */
  readonly flags: boolean;
  readonly entries: readonly EnumEntry[];
  /** The header that declares it, if the spec names one. */
  readonly header?: string;
}

export interface EnumEntry {
  readonly name: string;
  readonly value: number;
  /** The name in the kernel's headers, for example `RTN_UNICAST`, if the spec has its prefix. */
  readonly constant?: string;
}

/** How an integer is represented: as the name of an entry, or as the names of its bits. */
export interface EnumUse {
  readonly enum: EnumSpec;
  readonly flags: boolean;
}

export type AddressForm = 'mac' | 'ipv4' | 'ipv6' | 'ip' | 'uuid';

export interface IntegerType {
  readonly kind: 'integer';
  readonly width: 1 | 2 | 4 | 8;
  readonly signed: boolean;
  readonly bigEndian: boolean;
  readonly names?: EnumUse;
}

/** An integer whose width follows from its value: four or eight bytes (NLA_UINT, NLA_SINT). */
export interface VariableIntegerType {
  readonly kind: 'variable-integer';
  readonly signed: boolean;
  readonly bigEndian: boolean;
  readonly names?: EnumUse;
}

export interface AddressType {
  readonly kind: 'address';
  readonly form: AddressForm;
}

export interface StructType {
  readonly kind: 'struct';
  readonly struct: StructSpec;
}

export type ValueType =
  | IntegerType
  | VariableIntegerType
  | AddressType
  | StructType
  | { readonly kind: 'flag' }
  | { readonly kind: 'string' }
  | { readonly kind: 'bytes' }
  | { readonly kind: 'bitfield32'; readonly names?: EnumUse }
  /** A C array. */
  | { readonly kind: 'array'; readonly of: IntegerType | StructType }
  /** Attributes, after a structure if there is a `header`. */
  | { readonly kind: 'nest'; readonly set: SetSpec; readonly header?: StructSpec }
  /** A nested attribute whose entries are numbered by position. */
  | { readonly kind: 'indexed'; readonly of: ValueType; readonly first: number }
  /** Nested attributes whose types are keys: one level for each key, then the value. */
  | { readonly kind: 'keyed'; readonly keys: readonly string[]; readonly of: ValueType }
  | { readonly kind: 'sub-message'; readonly message: SubMessageSpec; readonly selector: Selector }
  /** Consecutive structures that each begin with their length (16 bits) and are followed by attributes. */
  | { readonly kind: 'records'; readonly header: StructSpec; readonly set: SetSpec }
  /** A nest of attributes in an order that matters, each as often as it likes: an array of objects of one property. */
  | { readonly kind: 'sequence'; readonly set: SetSpec }
  | { readonly kind: 'pad' }
  | { readonly kind: 'unused' };

/** The attribute whose value selects the format of a sub-message. */
export interface Selector {
  readonly name: string;
  readonly key: string;
  /** Whether it is in the nearest enclosing set that has it, and not in the sub-message's own set. */
  readonly outer: boolean;
}

export interface AttributeSpec {
  readonly name: string;
  /** The name as a property: camelCase. */
  readonly key: string;
  readonly id: number;
  readonly type: ValueType;
  /** Whether it may occur more than once; its value is then an array. */
  readonly multi: boolean;
  readonly limits: Limits;
  /** The name in the kernel's headers, for example `IFLA_MTU`, if the spec has its prefix. */
  readonly constant?: string;
}

/** What the kernel's policy accepts: the values of a number, the lengths of text and bytes. */
export interface Limits {
  readonly min?: bigint;
  readonly max?: bigint;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly exactLength?: number;
}

export interface SetSpec {
  readonly name: string;
  readonly attributes: readonly AttributeSpec[];
  /** Names of attributes of enclosing sets that select sub-messages in this set, at any depth. */
  readonly outerSelectors: readonly string[];
}

export interface StructSpec {
  readonly name: string;
  readonly members: readonly MemberSpec[];
  /** Length in bytes, including padding after the last member, but not a last member that extends to the end. */
  readonly size: number;
  readonly alignment: number;
}

export interface MemberSpec {
  readonly name: string;
  readonly key: string;
  readonly offset: number;
  /** Length in bytes; 0 for a member that extends to the end. */
  readonly length: number;
  /** Minimum length in bytes: the member is absent if fewer are left. */
  readonly least: number;
  readonly type: MemberType;
  /** The value in a fixed header if the request omits it; otherwise 0. */
  readonly default?: number;
}

export type MemberType =
  | IntegerType
  | AddressType
  | StructType
  | { readonly kind: 'string' }
  | { readonly kind: 'bytes' }
  | { readonly kind: 'array'; readonly of: IntegerType | StructType }
  | { readonly kind: 'pad' };

export interface SubMessageSpec {
  readonly name: string;
  readonly formats: readonly FormatSpec[];
}

export interface FormatSpec {
  /** The selector's value that stands for this format. */
  readonly value: string;
  readonly header?: StructSpec;
  readonly set?: SetSpec;
}

/** What a message consists of after its netlink headers. */
export interface BodySpec {
  readonly header?: StructSpec;
  readonly set?: SetSpec;
}

export interface MessageSpec {
  /** Message type, or Generic Netlink command. */
  readonly id: number;
  /** Names of the attributes that the spec lists. Replies can hold others of the set. */
  readonly attributes: readonly string[];
}

export interface RequestSpec extends MessageSpec {
  /** What the request consists of, if it differs from the answer. */
  readonly body?: BodySpec;
}

export interface ModeSpec {
  readonly request: RequestSpec;
  readonly reply?: MessageSpec;
  /** Whether the kernel replies only to requests with NLM_F_ECHO. */
  readonly echo?: boolean;
  /** Whether the kernel replies to some requests and only acknowledges others. */
  readonly optionalReply?: boolean;
}

export type Privilege = 'admin-perm' | 'uns-admin-perm';

export interface OperationSpec {
  readonly name: string;
  readonly key: string;
  readonly body: BodySpec;
  readonly privilege?: Privilege;
  readonly do?: ModeSpec;
  readonly dump?: ModeSpec;
  /** Set if the kernel sends it as a notification. */
  readonly notification?: NotificationSpec;
  /** The name in the kernel's headers, for example `RTM_GETLINK`, if the spec has its prefix. */
  readonly constant?: string;
}

export interface NotificationSpec extends MessageSpec {
  readonly group?: string;
}
