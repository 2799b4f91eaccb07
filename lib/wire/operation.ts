import type { AttributeSet } from './description.js';
import type { WireView } from './view.js';
import type { WireWriter } from './writer.js';

/** How one operation of a family is written and read: what generated code gives to the engine. */
export interface Operation<Input, Reply> {
  /** The name that errors show, of the kernel's headers: `'RTM_NEWLINK'`. */
  readonly name: string;
  /** Writes what follows the message header: fixed header and attributes. */
  readonly encode: (writer: WireWriter, input: Input) => void;
  /** Reads what follows a reply's message header; nothing it returns may refer to the view's memory. */
  readonly decode: (view: WireView, offset: number, end: number) => Reply;
  /** Bytes between the message header and the first attribute, struct genlmsghdr included. */
  readonly headerLength: number;
  /** The request's attributes, for the paths in errors. A function where it should be made only for an error. */
  readonly attributes?: AttributeSet | (() => AttributeSet);
  /** The capability that the kernel asks for: `'CAP_NET_ADMIN'`. */
  readonly capability?: string;
}
