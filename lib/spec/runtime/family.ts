import { invalidArgument } from '../../errors.js';
import { suggestion } from '../../known-names.js';
import { shown } from '../../shown-value.js';
import type { AttributeDescription, AttributeSet } from '../../wire/description.js';
import type { WireView } from '../../wire/view.js';
import type { WireWriter } from '../../wire/writer.js';
import type { AddressForm } from '../model.js';

/** Reads what follows the netlink headers of a message; the result does not refer to the view's memory. */
export type Decoder<Message> = (view: WireView, start: number, end: number, strict: boolean) => Message;

/** How a kind of message, a fixed header with attributes, is written and read. */
export interface BodyCodec<Message extends object = object, Input extends object = object> {
  /** Bytes of the fixed header, padding included. */
  readonly headerLength: number;
  /** The members of the fixed header. */
  readonly header: readonly DescribedMember[];
  /** The attributes, for the paths in errors. */
  readonly attributes: () => DescribedSet;
  /** Writes the fixed header and the attributes, in the order of the input's properties. */
  readonly encode: (writer: WireWriter, input: Input) => void;
  /** Reads a message's body. */
  readonly decode: Decoder<Message>;
  /** A decoder of only some properties, which skips the others. */
  readonly project: <Key extends keyof Message & string>(keys: readonly Key[]) => Decoder<Pick<Message, Key>>;
}

/** The numbers of a request and its reply: message types, or commands of Generic Netlink. */
export interface ModeCodec {
  /** The message type, or Generic Netlink command, of the request. */
  readonly request: number;
  /** Absent if the kernel only acknowledges. */
  readonly reply?: number;
  /** Whether the kernel replies only to requests with NLM_F_ECHO. */
  readonly echo?: boolean;
  /** Whether the kernel replies to some requests and only acknowledges others. */
  readonly optionalReply?: boolean;
  /** How the request is written, if it differs from how the answer is read. */
  readonly body?: BodyCodec;
}

/** An operation with its encoders and decoders. */
export interface OperationCodec {
  /** The name in the specification. */
  readonly name: string;
  /** The name in the kernel's headers, if it is known. */
  readonly constant?: string;
  /** `admin-perm`: needs CAP_NET_ADMIN in the initial user namespace; `uns-admin-perm`: in that of the network namespace. */
  readonly privilege?: 'admin-perm' | 'uns-admin-perm';
  /** What its messages consist of. */
  readonly body: BodyCodec;
  /** How a single request uses it. */
  readonly do?: ModeCodec;
  /** How a request for the whole table uses it. */
  readonly dump?: ModeCodec;
}

/** A notification with its decoder. */
export interface NotificationCodec {
  /** The name in the specification. */
  readonly name: string;
  /** What the message consists of. */
  readonly body: BodyCodec;
  /** The multicast group's name, where the specification says it. */
  readonly group?: string;
}

/**
 * A family for `openFamily`, printed by the generator or created by the loader. `Client` is the type of the client
 * that opening it returns.
 */
export interface Family<Client = unknown> {
  /** The name in the specification, which is also the family's name on Generic Netlink. */
  readonly name: string;
  /** The netlink protocol number. */
  readonly protocol: number;
  /** The version that requests on Generic Netlink carry; absent on a protocol of its own. */
  readonly version?: number;
  /** Multicast groups by name, with their number unless the kernel assigns it at run time. */
  readonly groups: Readonly<Record<string, number | undefined>>;
  /** By property name: `ringsGet`. */
  readonly operations: Readonly<Record<string, OperationCodec>>;
  /** The notifications that the kernel sends to groups, by message type or command. */
  readonly notifications: Readonly<Record<number, NotificationCodec>>;
  /** Only carries the client's type; never has a value. */
  readonly client?: Client;
}

/** An attribute, with what columns need to know about it. */
export interface DescribedAttribute extends AttributeDescription {
  /** How its bytes are formatted as text, if they are an address. */
  readonly address?: AddressForm;
}

/** A member of a fixed header. */
export interface DescribedMember extends DescribedAttribute {
  /** Bytes from the start of the structure. */
  readonly offset: number;
  /** Bytes. */
  readonly length: number;
}

/** The attributes of a set by their type number. */
export type DescribedSet = Readonly<Record<number, DescribedAttribute>>;

/** The attributes of a sub-message, chosen by the selector's text. */
export function describedFormat(
  selected: string | undefined,
  formats: Readonly<Record<string, () => AttributeSet>>,
): AttributeSet | undefined {
  return selected === undefined ? undefined : formats[selected]?.();
}

/** Which properties a decoder reads. */
export interface Selection {
  /** One bit for each member of the fixed header, in their order. */
  readonly header: number;
  /** 1 at the number of each selected attribute. */
  readonly attributes: Uint8Array;
  /** Whether there are more properties than `{}` has room for. */
  readonly isLarge: boolean;
  /**
   * The first selected member of the fixed header, which every message has. An object that begins with it as a literal
   * is allocated in V8's old generation once earlier ones have survived; an object that begins as `{}` is copied there.
   */
  readonly member: string | undefined;
}

/** How many properties an empty object literal has room for. */
const USUAL_ROOM = 4;

/** Resolves `keys` against the parts of a body. */
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
