/** A way that messages can take, between the kernel and programs. */
export interface Way {
  readonly name: string;
  /** `echo`: a message there and one back count as one. */
  readonly kind: 'one way' | 'echo';
  /** The most bytes of payload; absent if there is no limit of its own. */
  readonly largest?: number;
  /** Whether it needs no kernel module. */
  readonly anywhere?: boolean;
  open(size: number): Promise<OpenWay>;
}

/** A way, open for messages of one size. */
export interface OpenWay {
  /** The lengths in which messages are copied, headers included: of one, and of several that go in one piece. */
  readonly copyLengths: readonly number[];
  /** The caller passes multiples of this to {@link run}. Default: 1. */
  readonly batch?: number;
  /** The threads, this one aside, that wait for messages. */
  readonly threads?: readonly number[];
  /**
   * Sends this many messages all of the way. Resolves with the time that they took, in nanoseconds, if the way measures it
   * better than the caller can.
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
