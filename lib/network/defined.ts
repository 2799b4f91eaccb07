type Defined<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

/** The properties that have a value. */
export function defined<T extends object>(properties: T): Defined<T> {
  return Object.fromEntries(
    Object.entries(properties).filter(([, value]) => value !== undefined),
  ) as Defined<T>;
}
