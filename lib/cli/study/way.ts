/** A way that messages can take, between the kernel and programs. */
export interface Way {
  readonly name: string;
  /** `echo`: a message there and one back count as one. */
  readonly kind: 'one way' | 'echo';
  /** Bytes of payload that it takes at most; as many as the study asks for where this is absent. */
  readonly largest?: number;
  /** Whether it needs no kernel module. */
  readonly anywhere?: boolean;
  open(size: number): Promise<OpenWay>;
}

/** A way, open for messages of one size. */
export interface OpenWay {
  /** The lengths in which messages are copied, headers included: of one, and of several that go in one piece. */
  readonly copyLengths: readonly number[];
  /** {@link run} is asked for a multiple of so many. Default: 1. */
  readonly batch?: number;
  /** The threads, this one aside, that wait for messages. */
  readonly threads?: readonly number[];
  /**
   * Has so many messages go the way, all of it. Gives the time that they took, in nanoseconds, where somebody can tell
   * better than the caller.
   */
  run(messages: number): Promise<number | undefined> | undefined;
  /** What kernel code has copied from one buffer of its own to another, so far, on this way. */
  copiedInKernel?(): Promise<Copied>;
  close(): void;
}

export interface Copied {
  /** Of a message. */
  readonly copies: number;
  readonly bytes: number;
}
