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
  /** Whether the entries' values are numbers of bits, to be combined. */
  readonly flags: boolean;
  /** The named values. */
  readonly entries: readonly EnumEntry[];
  /** The header that declares it, where the spec says so. */
  readonly header?: string;
}

/** One named value. */
export interface EnumEntry {
  /** The name in the specification. */
  readonly name: string;
  /** The value; for flags the number of the bit. */
  readonly value: number;
  /** The name in the kernel's headers, for example `RTN_UNICAST`, where the spec gives its prefix. */
  readonly constant?: string;
}

/** How an integer is shown: as the name of an entry, or as the names of its bits. */
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
  /** Name of the attribute or member whose value selects the format. */
  readonly name: string;
  /** The same as a property: camelCase. */
  readonly key: string;
  /** Whether it is not in the sub-message's own set but in the nearest enclosing one that has it. */
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
  /** Whether it may come more than once; it is an array then. */
  readonly multi: boolean;
  /** What the kernel accepts. */
  readonly limits: Limits;
  /** The name in the kernel's headers, for example `IFLA_MTU`, where the spec gives its prefix. */
  readonly constant?: string;
}

/** What the kernel's policy accepts: of a number its value, of text and bytes their length. */
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
  /** Names of attributes of enclosing sets by which sub-messages in here, at any depth, are selected. */
  readonly outerSelectors: readonly string[];
}

/** A structure of C. */
export interface StructSpec {
  /** The structure's name in the specification. */
  readonly name: string;
  /** Its members, by offset. */
  readonly members: readonly MemberSpec[];
  /** Length in bytes, padding behind the last member included; without a last member that takes the rest. */
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
  /** Bytes; 0 for what takes all that is left. */
  readonly length: number;
  /** Bytes that it takes at least: where fewer are left, it is absent. */
  readonly least: number;
  /** What the member is. */
  readonly type: MemberType;
  /** What a fixed header has here where a request says nothing; without it, 0. */
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

/** What a message consists of behind its netlink headers. */
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
  /** What the request consists of, where that is not what the answer does. */
  readonly body?: BodySpec;
}

/** One way to use an operation: `do` or `dump`. */
export interface ModeSpec {
  /** What is sent. */
  readonly request: RequestSpec;
  /** What comes back; absent where only an acknowledgement does. */
  readonly reply?: MessageSpec;
  /** Whether the kernel gives its answer only to requests with NLM_F_ECHO. */
  readonly echo?: boolean;
  /** Whether the kernel gives its answer to some requests, and others an acknowledgement only. */
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
  /** Set where the kernel sends it unasked. */
  readonly notification?: NotificationSpec;
  /** The name in the kernel's headers, for example `RTM_GETLINK`, where the spec gives its prefix. */
  readonly constant?: string;
}

/** A message that the kernel sends to a multicast group. */
export interface NotificationSpec extends MessageSpec {
  /** The group's name, where the specification says it. */
  readonly group?: string;
}
