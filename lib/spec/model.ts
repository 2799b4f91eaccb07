/**
 * The normalised form of a netlink family: everything that the spec language leaves implicit is worked out, every
 * reference is the object itself. The interpreter runs it, the generator prints it, the tools describe it.
 */
export interface FamilySpec {
  /** The spec's name, for example `rt-link`. */
  readonly name: string;
  /** The netlink protocol number: the third argument of socket(AF_NETLINK, …). */
  readonly protocol: number;
  /** What the family is on Generic Netlink; absent on a protocol of its own. */
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
  /** Whether the entries' values are numbers of bits, to be combined. */
  readonly flags: boolean;
  readonly entries: readonly EnumEntry[];
  /** The header that declares it, where the spec says so. */
  readonly header?: string;
}

export interface EnumEntry {
  readonly name: string;
  readonly value: number;
  /** The name in the kernel's headers, for example `RTN_UNICAST`, where the spec gives its prefix. */
  readonly constant?: string;
}

/** How an integer is shown: as the name of an entry, or as the names of its bits. */
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
  /** Attributes, behind a structure where `header` says so. */
  | { readonly kind: 'nest'; readonly set: SetSpec; readonly header?: StructSpec }
  /** A nest whose entries' attribute types are their positions. */
  | { readonly kind: 'indexed'; readonly of: ValueType; readonly first: number }
  /** Nests whose attribute types are keys: one level for each key, then the value. */
  | { readonly kind: 'keyed'; readonly keys: readonly string[]; readonly of: ValueType }
  | { readonly kind: 'sub-message'; readonly message: SubMessageSpec; readonly selector: Selector }
  /** Structures that begin with their length (16 bits) and are followed by attributes, one behind the other. */
  | { readonly kind: 'records'; readonly header: StructSpec; readonly set: SetSpec }
  /** A nest of attributes in an order that matters, each as often as it likes: an array of objects of one property. */
  | { readonly kind: 'sequence'; readonly set: SetSpec }
  | { readonly kind: 'pad' }
  | { readonly kind: 'unused' };

/** The attribute whose value says which format a sub-message has. */
export interface Selector {
  readonly name: string;
  readonly key: string;
  /** Whether it is not in the sub-message's own set but in the nearest enclosing one that has it. */
  readonly outer: boolean;
}

export interface AttributeSpec {
  readonly name: string;
  /** The name as a property: camelCase. */
  readonly key: string;
  readonly id: number;
  readonly type: ValueType;
  /** Whether it may come more than once; it is an array then. */
  readonly multi: boolean;
  readonly limits: Limits;
  /** The name in the kernel's headers, for example `IFLA_MTU`, where the spec gives its prefix. */
  readonly constant?: string;
}

/** What the kernel's policy accepts: of a number its value, of text and bytes their length. */
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
  /** Names of attributes of enclosing sets by which sub-messages in here, at any depth, are selected. */
  readonly outerSelectors: readonly string[];
}

export interface StructSpec {
  readonly name: string;
  readonly members: readonly MemberSpec[];
  /** Length in bytes, padding behind the last member included; without a last member that takes the rest. */
  readonly size: number;
  readonly alignment: number;
}

export interface MemberSpec {
  readonly name: string;
  readonly key: string;
  readonly offset: number;
  /** Bytes; 0 for what takes all that is left. */
  readonly length: number;
  /** Bytes that it takes at least: where fewer are left, it is absent. */
  readonly least: number;
  readonly type: MemberType;
  /** What a fixed header has here where a request says nothing; without it, 0. */
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

/** What a message consists of behind its netlink headers. */
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
  /** What the request consists of, where that is not what the answer does. */
  readonly body?: BodySpec;
}

export interface ModeSpec {
  readonly request: RequestSpec;
  readonly reply?: MessageSpec;
  /** Whether the kernel gives its answer only to requests with NLM_F_ECHO. */
  readonly echo?: boolean;
  /** Whether the kernel gives its answer to some requests, and others an acknowledgement only. */
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
  /** Set where the kernel sends it unasked. */
  readonly notification?: NotificationSpec;
  /** The name in the kernel's headers, for example `RTM_GETLINK`, where the spec gives its prefix. */
  readonly constant?: string;
}

export interface NotificationSpec extends MessageSpec {
  readonly group?: string;
}
