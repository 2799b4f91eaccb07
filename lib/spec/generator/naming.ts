import type { BodySpec, EnumSpec, FamilySpec, SetSpec, StructSpec, SubMessageSpec } from '../model.js';
import { camelCase, pascalCase } from '../names.js';
import { quoted } from './literals.js';

/** Names that are in scope in every module: JavaScript's, and those that generated code imports. */
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
  ...[
    'LE',
    'Set',
    'String',
    'Symbol',
    'Partial',
    'Readonly',
    'Iterable',
    'Iterator',
    'Event',
    'Proxy',
    'Reflect',
  ],
];

/** Assigns the names of a module's types, each of them once. */
export class ModuleNames {
  readonly #taken: Set<string>;
  readonly #names = new Map<object, string>();
  readonly #bits = new Map<EnumSpec, string>();
  readonly #bodies = new Map<string, string>();

  constructor(spec: FamilySpec, imported: readonly string[]) {
    this.#taken = new Set([...TAKEN, ...imported, familyConstant(spec)]);
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

  /** An enum whose entries are used as bit numbers. */
  bitsOf(part: EnumSpec): string {
    const known = this.#bits.get(part);
    if (known !== undefined) return known;
    const made = this.#free(`${this.of(part)}Flags`);
    this.#bits.set(part, made);
    return made;
  }

  /** The type of objects with a fixed header and attributes; without a header, the type of the attributes. */
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

  /** The name of a constant in the kernel's headers. */
  constant(name: string): string {
    const upper = name.replaceAll('-', '_').toUpperCase();
    return this.#free(/^[0-9]/.test(upper) ? `_${upper}` : upper);
  }

  #name(part: EnumSpec | StructSpec | SetSpec | SubMessageSpec, suffix: string): void {
    this.#names.set(part, this.#free(pascalCase(part.name), `${pascalCase(part.name)}${suffix}`));
  }

  /** The first candidate whose name and derived names are all free; otherwise the name with a number. */
  #free(...candidates: readonly string[]): string {
    const isFree = (candidate: string) => derived(candidate).every((each) => !this.#taken.has(each));
    let name = candidates.find(isFree);
    for (let number = 2; name === undefined; number++) {
      name = candidates.map((candidate) => `${candidate}${number}`).find(isFree);
    }
    for (const each of derived(name)) this.#taken.add(each);
    return name;
  }
}

/** All names that a module may declare for something with this name. */
function derived(name: string): string[] {
  return [
    ...[name, `${name}Input`, `read${name}`, `write${name}`, `write${name}Attribute`],
    ...[`put${name}`, `describe${name}`, `project${name}`, `large${name}`, `Roomy${name}`, `ends${name}`],
    ...[`lengthOf${name}`, `${name.charAt(0).toLowerCase()}${name.slice(1)}Codec`],
  ];
}

/** A property's name as source: quoted if it begins with a digit. */
export function property(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : quoted(key);
}

/** Access to a property of `object` as source. */
export function member(object: string, key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `${object}.${key}` : `${object}[${quoted(key)}]`;
}

/** The name of the family's value in its module, which programs pass to `openFamily`: `rtLinkFamily`. */
export function familyConstant(spec: FamilySpec): string {
  const name = camelCase(spec.name);
  return `${/^[0-9]/.test(name) ? '_' : ''}${name}Family`;
}
