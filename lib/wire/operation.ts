import type { AttributeSet } from './description.js';
import type { WireView } from './view.js';
import type { WireWriter } from './writer.js';

/**
 * What ends a request: the acknowledgement that it asks for, after any number of replies; the first reply, without
 * asking for an acknowledgement; or a reply and the acknowledgement in either order, as the audit subsystem sends them.
 * An error always ends it.
 */
export type RequestEnd = 'acknowledgement' | 'reply' | 'both';

/** How one operation of a family is written and read: what generated code hands to the engine. */
export interface Operation<Input, Reply> {
  /** The name that errors show, from the kernel's headers: `'RTM_NEWLINK'`. */
  readonly name: string;
  /** Writes what follows the message header: fixed header and attributes. */
  readonly encode: (writer: WireWriter, input: Input) => void;
  /**
   * Reads what follows a reply's message header. Its result must not refer to the view's memory. A dump omits
   * undefined results.
   */
  readonly decode: (view: WireView, offset: number, end: number) => Reply;
  /** The object that a request is about, read from the bytes after its message header, for errors: `'eth0'`. */
  readonly subject?: (view: WireView, offset: number, end: number) => string | undefined;
  /** Called when a dump restarts, before it is decoded: for a decoder that accumulates something. */
  readonly restart?: () => void;
  /** Bytes between the message header and the first attribute, struct genlmsghdr included. */
  readonly headerLength: number;
  /** The request's attributes, for the paths in errors. A function, if they should be computed only for an error. */
  readonly attributes?: AttributeSet | (() => AttributeSet);
  /** Default: `'acknowledgement'`. */
  readonly end?: RequestEnd;
  /** Whether only an acknowledgement answers it, unless NLM_F_ECHO asks for more. Default: false, replies may come. */
  readonly onlyAcknowledged?: boolean;
  /** The capability that the kernel requires: `'CAP_NET_ADMIN'`. */
  readonly capability?: string | undefined;
}
