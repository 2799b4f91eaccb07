/** What an attribute holds; the names are those of the kernel's own specifications. */
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
  /** A nest whose entries' types are indexes, each with a value, or attributes of `nested`, inside. */
  | 'indexed-array'
  /** A nest of one or more levels whose attribute types are ids, around attributes of `nested`. */
  | 'nest-type-value'
  | 'sub-message'
  | 'pad';

/** One attribute, as error paths and decoded debug output show it. */
export interface AttributeDescription {
  /** The name of the property that holds it: `'linkinfo'`. */
  readonly name: string;
  readonly kind?: AttributeKind;
  /** What lies inside a nested attribute; a function where sets refer to each other. */
  readonly nested?: AttributeSet | (() => AttributeSet);
}

/** The attributes of a message or of a nested attribute, by their number. */
export type AttributeSet = Readonly<Record<number, AttributeDescription>>;

/** The set inside a nested attribute, if it is known. */
export function nestedSet(description: AttributeDescription | undefined): AttributeSet | undefined {
  const nested = description?.nested;
  return typeof nested === 'function' ? nested() : nested;
}
