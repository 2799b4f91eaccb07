import type { AttributeSet } from './description.js';
import type { WireView } from './view.js';
import type { WireWriter } from './writer.js';

/**
 * What ends a request: the acknowledgement that it asks for, with whatever replies came before; the first reply, without
 * asking for an acknowledgement; or a reply and the acknowledgement in either order, as the audit subsystem gives them.
 * An error ends it always.
 */
export type RequestEnd = 'acknowledgement' | 'reply' | 'both';

/** How one operation of a family is written and read: what generated code gives to the engine. */
export interface Operation<Input, Reply> {
  /** The name that errors show, of the kernel's headers: `'RTM_NEWLINK'`. */
  readonly name: string;
  /** Writes what follows the message header: fixed header and attributes. */
  readonly encode: (writer: WireWriter, input: Input) => void;
  /**
   * Reads what follows a reply's message header; nothing it returns may refer to the view's memory. A dump leaves out
   * what is undefined.
   */
  readonly decode: (view: WireView, offset: number, end: number) => Reply;
  /** What a request's bytes behind the message header are about, for errors: `'eth0'`. */
  readonly subject?: (view: WireView, offset: number, end: number) => string | undefined;
  /** Called before a dump that begins anew is decoded: for a decoder that gathers something. */
  readonly restart?: () => void;
  /** Bytes between the message header and the first attribute, struct genlmsghdr included. */
  readonly headerLength: number;
  /** The request's attributes, for the paths in errors. A function where it should be made only for an error. */
  readonly attributes?: AttributeSet | (() => AttributeSet);
  /** Default: `'acknowledgement'`. */
  readonly end?: RequestEnd;
  /** Whether nothing but an acknowledgement answers it, unless NLM_F_ECHO asks for more. Default: false, replies may come. */
  readonly onlyAcknowledged?: boolean;
  /** The capability that the kernel asks for: `'CAP_NET_ADMIN'`. */
  readonly capability?: string | undefined;
}
