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
  /** Enumerations and sets of flags. */
  readonly enums: readonly EnumSpec[];
  /** Structures: fixed headers, and binary attributes with members. */
  readonly structs: readonly StructSpec[];
  /** Attribute sets. */
  readonly sets: readonly SetSpec[];
  /** Attributes whose content another attribute selects. */
  readonly subMessages: readonly SubMessageSpec[];
  /** Requests, by their name. */
  readonly operations: readonly OperationSpec[];
  /** Multicast groups. */
  readonly groups: readonly GroupSpec[];
  /** Single constants. */
  readonly constants: readonly ConstantSpec[];
}

/** The family's part in Generic Netlink. */
export interface GenericSpec {
  /** The version that requests carry (struct genlmsghdr). */
  readonly version: number;
}

/** A single constant of a specification. */
export interface ConstantSpec {
  /** The constant's name in the specification. */
  readonly name: string;
  /** The constant's value. */
  readonly value: number | bigint | string;
}

/** A multicast group. */
export interface GroupSpec {
  /** The group's name. */
  readonly name: string;
  /** The group's number; Generic Netlink assigns it at run time. */
  readonly id?: number;
}

/** An enumeration, or a set of flags. */
export interface EnumSpec {
  /** The enumeration's name in the specification. */
  readonly name: string;
  /** Whether the entries' values are bit numbers, to be combined. */
  readonly flags: boolean;
  /** The named values. */
  readonly entries: readonly EnumEntry[];
  /** The header that declares it, if the spec names one. */
  readonly header?: string;
}

/** One named value. */
export interface EnumEntry {
  /** The name in the specification. */
  readonly name: string;
  /** The value; for flags the number of the bit. */
  readonly value: number;
  /** The name in the kernel's headers, for example `RTN_UNICAST`, if the spec has its prefix. */
  readonly constant?: string;
}

/** How an integer is represented: as the name of an entry, or as the names of its bits. */
export interface EnumUse {
  /** Where the names are. */
  readonly enum: EnumSpec;
  /** Whether the value is a mask of named bits. */
  readonly flags: boolean;
}

/** How an address is written as text; `ip` is IPv4 or IPv6, by its length. */
export type AddressForm = 'mac' | 'ipv4' | 'ipv6' | 'ip' | 'uuid';

/** An integer of fixed width. */
export interface IntegerType {
  /** Tells this type from the others. */
  readonly kind: 'integer';
  /** Bytes. */
  readonly width: 1 | 2 | 4 | 8;
  /** Whether it is signed. */
  readonly signed: boolean;
  /** Whether it is in network byte order rather than the host's. */
  readonly bigEndian: boolean;
  /** The names of its values. */
  readonly names?: EnumUse;
}

/** An integer whose width follows from its value: four or eight bytes (NLA_UINT, NLA_SINT). */
export interface VariableIntegerType {
  /** Tells this type from the others. */
  readonly kind: 'variable-integer';
  /** Whether it is signed (`sint`). */
  readonly signed: boolean;
  /** Whether it is in network byte order rather than the host's. */
  readonly bigEndian: boolean;
  /** The names of its values. */
  readonly names?: EnumUse;
}

/** A network address or a UUID, which is text in JavaScript. */
export interface AddressType {
  /** Tells this type from the others. */
  readonly kind: 'address';
  /** How it is written. */
  readonly form: AddressForm;
}

/** A structure of C. */
export interface StructType {
  /** Tells this type from the others. */
  readonly kind: 'struct';
  /** Its members. */
  readonly struct: StructSpec;
}

/** The type of an attribute's payload. */
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
  /** Name of the attribute or member whose value selects the format. */
  readonly name: string;
  /** The same as a property: camelCase. */
  readonly key: string;
  /** Whether it is in the nearest enclosing set that has it, and not in the sub-message's own set. */
  readonly outer: boolean;
}

/** An attribute of a set. */
export interface AttributeSpec {
  /** The name in the specification. */
  readonly name: string;
  /** The name as a property: camelCase. */
  readonly key: string;
  /** The attribute's type number (nla_type). */
  readonly id: number;
  /** What its payload is. */
  readonly type: ValueType;
  /** Whether it may occur more than once; its value is then an array. */
  readonly multi: boolean;
  /** What the kernel accepts. */
  readonly limits: Limits;
  /** The name in the kernel's headers, for example `IFLA_MTU`, if the spec has its prefix. */
  readonly constant?: string;
}

/** What the kernel's policy accepts: the values of a number, the lengths of text and bytes. */
export interface Limits {
  /** Lowest value. */
  readonly min?: bigint;
  /** Highest value. */
  readonly max?: bigint;
  /** Least length in bytes. */
  readonly minLength?: number;
  /** Greatest length in bytes. */
  readonly maxLength?: number;
  /** The only length in bytes. */
  readonly exactLength?: number;
}

/** A set of attributes: the name space of their type numbers. */
export interface SetSpec {
  /** The set's name in the specification. */
  readonly name: string;
  /** The set's attributes, in the specification's order. */
  readonly attributes: readonly AttributeSpec[];
  /** Names of attributes of enclosing sets that select sub-messages in this set, at any depth. */
  readonly outerSelectors: readonly string[];
}

/** A structure of C. */
export interface StructSpec {
  /** The structure's name in the specification. */
  readonly name: string;
  /** Its members, by offset. */
  readonly members: readonly MemberSpec[];
  /** Length in bytes, including padding after the last member, but not a last member that extends to the end. */
  readonly size: number;
  /** Alignment in bytes, as C has it. */
  readonly alignment: number;
}

/** A member of a structure. */
export interface MemberSpec {
  /** The name in the specification. */
  readonly name: string;
  /** The name as a property: camelCase. */
  readonly key: string;
  /** Bytes from the start of the structure. */
  readonly offset: number;
  /** Length in bytes; 0 for a member that extends to the end. */
  readonly length: number;
  /** Minimum length in bytes: the member is absent if fewer are left. */
  readonly least: number;
  /** What the member is. */
  readonly type: MemberType;
  /** The value in a fixed header if the request omits it; otherwise 0. */
  readonly default?: number;
}

/** The type of a structure's member. */
export type MemberType =
  | IntegerType
  | AddressType
  | StructType
  | { readonly kind: 'string' }
  | { readonly kind: 'bytes' }
  | { readonly kind: 'array'; readonly of: IntegerType | StructType }
  | { readonly kind: 'pad' };

/** An attribute whose content depends on another one's value. */
export interface SubMessageSpec {
  /** The sub-message's name in the specification. */
  readonly name: string;
  /** What it can contain, by the selector's value. */
  readonly formats: readonly FormatSpec[];
}

/** One of the contents of a sub-message. */
export interface FormatSpec {
  /** The selector's value that stands for this format. */
  readonly value: string;
  /** The structure it begins with. */
  readonly header?: StructSpec;
  /** The attributes after it. */
  readonly set?: SetSpec;
}

/** What a message consists of after its netlink headers. */
export interface BodySpec {
  /** The fixed header. */
  readonly header?: StructSpec;
  /** The attributes after it. */
  readonly set?: SetSpec;
}

/** A message, in one direction. */
export interface MessageSpec {
  /** Message type, or Generic Netlink command. */
  readonly id: number;
  /** Names of the attributes that the spec lists. Replies can hold others of the set. */
  readonly attributes: readonly string[];
}

/** A request. */
export interface RequestSpec extends MessageSpec {
  /** What the request consists of, if it differs from the answer. */
  readonly body?: BodySpec;
}

/** One way to use an operation: `do` or `dump`. */
export interface ModeSpec {
  /** What is sent. */
  readonly request: RequestSpec;
  /** What comes back; absent where only an acknowledgement does. */
  readonly reply?: MessageSpec;
  /** Whether the kernel replies only to requests with NLM_F_ECHO. */
  readonly echo?: boolean;
  /** Whether the kernel replies to some requests and only acknowledges others. */
  readonly optionalReply?: boolean;
}

/** Which capability an operation needs: `admin-perm` CAP_NET_ADMIN in the initial user namespace, `uns-admin-perm` in that of the network namespace. */
export type Privilege = 'admin-perm' | 'uns-admin-perm';

/** An operation of a family. */
export interface OperationSpec {
  /** The name in the specification. */
  readonly name: string;
  /** The name as a property: camelCase. */
  readonly key: string;
  /** What its messages consist of. */
  readonly body: BodySpec;
  /** The capability it needs, if any. */
  readonly privilege?: Privilege;
  /** How a single request uses it. */
  readonly do?: ModeSpec;
  /** How a request for the whole table uses it. */
  readonly dump?: ModeSpec;
  /** Set if the kernel sends it as a notification. */
  readonly notification?: NotificationSpec;
  /** The name in the kernel's headers, for example `RTM_GETLINK`, if the spec has its prefix. */
  readonly constant?: string;
}

/** A message that the kernel sends to a multicast group. */
export interface NotificationSpec extends MessageSpec {
  /** The group's name, where the specification says it. */
  readonly group?: string;
}
