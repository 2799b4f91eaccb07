/** What inputs are tried on. */
export interface Target {
  /** As its file. */
  readonly name: string;
  /** Real or plausible inputs to begin with. */
  readonly seeds: readonly Uint8Array[];
  /** Parts of inputs that mean something to it. */
  readonly words?: readonly string[];
  /** Bytes that an input may have. Default: 64 KiB. */
  readonly longest?: number;
  /** Branches that a run may take whatever its input is, and for each byte of it. */
  readonly work: { readonly least: number; readonly perByte: number };
  /** Returns, or throws a documented NetlinkError; all else is a finding. */
  readonly run: (input: Uint8Array) => void | Promise<void>;
}

export const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text));
export const textOf = (input: Uint8Array): string => Buffer.from(input).toString();
