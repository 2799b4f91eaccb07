import type { BodySpec, EnumSpec, FamilySpec, SetSpec, StructSpec, SubMessageSpec } from '../model.js';
import { camelCase, pascalCase } from '../names.js';

/** What every module has in scope already: names of JavaScript, and those that generated code imports. */
const TAKEN = [
  ...[
    'Array',
    'Boolean',
    'Date',
    'Error',
    'Function',
    'Map',
    'Number',
    'Object',
    'Pick',
    'Promise',
    'Record',
  ],
  ...['Set', 'String', 'Symbol', 'Partial', 'Readonly', 'Iterable', 'Iterator', 'Event', 'Proxy', 'Reflect'],
];

/** Hands out the names of a module's types, each once. */
export class ModuleNames {
  readonly #taken: Set<string>;
  readonly #names = new Map<object, string>();
  readonly #bodies = new Map<string, string>();

  constructor(spec: FamilySpec, imported: readonly string[]) {
    this.#taken = new Set([...TAKEN, ...imported]);
    for (const part of spec.enums) this.#name(part, 'Enum');
    for (const part of spec.structs) this.#name(part, 'Struct');
    for (const part of spec.sets) this.#name(part, 'Set');
    for (const part of spec.subMessages) this.#name(part, 'Data');
  }

  of(part: EnumSpec | StructSpec | SetSpec | SubMessageSpec): string {
    const name = this.#names.get(part);
    if (name === undefined) throw new Error(`no name was made for ${part.name}`);
    return name;
  }

  /** The type of objects that hold a fixed header and attributes; that of the attributes where there is no header. */
  body({ header, set }: BodySpec): string {
    if (header === undefined) return set === undefined ? 'Decoded' : this.of(set);
    const key = `${header.name}/${set?.name ?? ''}`;
    const known = this.#bodies.get(key);
    if (known !== undefined) return known;
    const base = set === undefined ? this.of(header) : this.of(set).replace(/(Attrs|Attributes)$/, '');
    const made = this.#free(`${base}Message`, `${this.of(header)}${base}Message`);
    this.#bodies.set(key, made);
    return made;
  }

  /** A name for something else, such as the request of an operation. */
  claim(name: string): string {
    return this.#free(name, `${name}Type`);
  }

  #name(part: EnumSpec | StructSpec | SetSpec | SubMessageSpec, suffix: string): void {
    this.#names.set(part, this.#free(pascalCase(part.name), `${pascalCase(part.name)}${suffix}`));
  }

  #free(...candidates: readonly string[]): string {
    const name = candidates.find(
      (candidate) => !this.#taken.has(candidate) && !this.#taken.has(`${candidate}Input`),
    );
    if (name === undefined) throw new Error(`every name is taken: ${candidates.join(', ')}`);
    this.#taken.add(name).add(`${name}Input`);
    return name;
  }
}

/** A property's name as source: quoted where it begins with a digit. */
export function property(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : `'${key}'`;
}

/** Access to a property of `object` as source. */
export function member(object: string, key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `${object}.${key}` : `${object}['${key}']`;
}

/** What the module of a family calls the value that people open: `rtLinkFamily`. */
export function familyConstant(spec: FamilySpec): string {
  return `${camelCase(spec.name)}Family`;
}
