/** The type of an attribute's value; the names are those of the kernel's own specifications. */
export type AttributeKind =
  | 'u8'
  | 'u16'
  | 'u32'
  | 'u64'
  | 's8'
  | 's16'
  | 's32'
  | 's64'
  | 'uint'
  | 'sint'
  | 'string'
  | 'binary'
  | 'flag'
  | 'bitfield32'
  | 'nest'
  /** A nested attribute whose entries are numbered by position, each with the attributes of `nested` inside. */
  | 'indexed-array'
  | 'pad';

/** One attribute, as paths in errors and decoded debug output show it. */
export interface AttributeDescription {
  /** The name of the property that holds it: `'linkinfo'`. */
  readonly name: string;
  /** What the payload is. Default: bytes. */
  readonly kind?: AttributeKind;
  /** Whether an integer is in network byte order rather than the host's. */
  readonly bigEndian?: boolean;
  /** What lies inside a nested attribute. A function if sets refer to each other, or if a neighbouring attribute decides. */
  readonly nested?: AttributeSet | ((scope: AttributeScope) => AttributeSet | undefined);
}

/** The attributes of a message or of a nested attribute, by their number. */
export type AttributeSet = Readonly<Record<number, AttributeDescription>>;

/** The attributes next to a nested one, which select the format of a sub-message. */
export interface AttributeScope {
  /** The text of the attribute with that number; undefined if it is absent. */
  text(type: number): string | undefined;
  /** The scope of the enclosing attribute. */
  readonly outer: AttributeScope | undefined;
}
