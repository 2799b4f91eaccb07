import { invalidArgument } from '../../errors.js';
import { suggestion } from '../../known-names.js';
import { shown } from '../../shown-value.js';
import type { AttributeDescription, AttributeSet } from '../../wire/description.js';
import type { WireView } from '../../wire/view.js';
import type { WireWriter } from '../../wire/writer.js';
import type { AddressForm } from '../model.js';

/** Reads what follows the netlink headers of a message; what it returns does not refer to the view's memory. */
export type Decoder<Message> = (view: WireView, start: number, end: number, strict: boolean) => Message;

/** How a kind of message, a fixed header with attributes, is written and read. */
export interface BodyCodec<Message extends object = object, Input extends object = object> {
  /** Bytes of the fixed header, padding included. */
  readonly headerLength: number;
  readonly header: readonly DescribedMember[];
  /** The attributes, for the paths in errors. */
  readonly attributes: () => DescribedSet;
  /** Writes the fixed header and the attributes, in the order of the input's properties. */
  readonly encode: (writer: WireWriter, input: Input) => void;
  readonly decode: Decoder<Message>;
  /** A decoder of some properties only, which passes over the others. */
  readonly project: <Key extends keyof Message & string>(keys: readonly Key[]) => Decoder<Pick<Message, Key>>;
}

/** The numbers of an exchange's messages: message types, or commands of Generic Netlink. */
export interface ModeCodec {
  readonly request: number;
  /** Absent where the kernel only acknowledges. */
  readonly reply?: number;
  /** Whether the kernel gives its answer only to requests with NLM_F_ECHO. */
  readonly echo?: boolean;
  /** Whether the kernel gives its answer to some requests, and others an acknowledgement only. */
  readonly optionalReply?: boolean;
  /** How the request is written, where that is not how the answer is read. */
  readonly body?: BodyCodec;
}

export interface OperationCodec {
  /** The name in the specification. */
  readonly name: string;
  /** The name in the kernel's headers, where it is known. */
  readonly constant?: string;
  /** `admin-perm`: CAP_NET_ADMIN is needed; `uns-admin-perm`: the same, and the user namespace's is enough. */
  readonly privilege?: 'admin-perm' | 'uns-admin-perm';
  readonly body: BodyCodec;
  readonly do?: ModeCodec;
  readonly dump?: ModeCodec;
}

export interface NotificationCodec {
  readonly name: string;
  readonly body: BodyCodec;
  readonly group?: string;
}

/**
 * A family that can be talked to: what the generator prints and what the loader makes. `Client` is the type of what
 * opening it gives.
 */
export interface Family<Client = unknown> {
  /** The name in the specification; that of the family on Generic Netlink. */
  readonly name: string;
  /** The netlink protocol number. */
  readonly protocol: number;
  /** The version that requests on Generic Netlink carry; absent on a protocol of its own. */
  readonly version?: number;
  /** Multicast groups by name; their number, where the kernel does not assign it at run time. */
  readonly groups: Readonly<Record<string, number | undefined>>;
  /** By property name: `ringsGet`. */
  readonly operations: Readonly<Record<string, OperationCodec>>;
  /** What the kernel sends to groups, by message type or command. */
  readonly notifications: Readonly<Record<number, NotificationCodec>>;
  /** The client's type; no such value exists. */
  readonly client?: Client;
}

/** An attribute with what columns need to know of it. */
export interface DescribedAttribute extends AttributeDescription {
  /** How its bytes are written as text, where they are an address. */
  readonly address?: AddressForm;
}

/** A member of a fixed header. */
export interface DescribedMember extends DescribedAttribute {
  readonly offset: number;
  readonly length: number;
}

export type DescribedSet = Readonly<Record<number, DescribedAttribute>>;

/** The attributes of a sub-message, whose selector's text is known. */
export function describedFormat(
  selected: string | undefined,
  formats: Readonly<Record<string, () => AttributeSet>>,
): AttributeSet | undefined {
  return selected === undefined ? undefined : formats[selected]?.();
}

/** Which properties a decoder is to read. */
export interface Selection {
  /** One bit for each member of the fixed header, in their order. */
  readonly header: number;
  /** 1 at the number of each attribute that is wanted. */
  readonly attributes: Uint8Array;
  /** Whether there are more properties than `{}` has room for. */
  readonly isLarge: boolean;
  /**
   * The first member of the fixed header that is wanted, which no message lacks. An object that begins with it as a literal,
   * V8 allocates among the lasting ones as soon as those before it have lasted; one that begins as `{}` is copied there.
   */
  readonly member: string | undefined;
}

/** The properties that an object literal without any has room for. */
const USUAL_ROOM = 4;

/** Works out what `keys` mean for a body of these parts. */
export function selection(
  keys: readonly string[],
  members: readonly DescribedMember[],
  attributes: AttributeSet,
): Selection {
  const headerKeys = members.map(({ name }) => name);
  const numbers = new Map(Object.entries(attributes).map(([number, { name }]) => [name, Number(number)]));
  const wanted = new Uint8Array(Math.max(0, ...numbers.values()) + 1);
  let header = 0;
  for (const key of keys) {
    const number = numbers.get(key);
    const member = headerKeys.indexOf(key);
    if (member !== -1) header |= 1 << member;
    else if (number !== undefined) wanted[number] = 1;
    else {
      const known = [...headerKeys, ...numbers.keys()];
      throw invalidArgument(`select: unknown property ${shown(key)}${suggestion(key, known)}`);
    }
  }
  const isLarge = keys.length > USUAL_ROOM;
  return { header, attributes: wanted, isLarge, member: headerKeys.find((key) => keys.includes(key)) };
}
