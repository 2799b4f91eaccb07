import type { EnumUse, MemberSpec, MemberType, ValueType } from '../model.js';
import type { ModuleNames } from './naming.js';
import { property } from './naming.js';

/** The types of a value as source: the decoded value, and the accepted input. */
export interface TypeText {
  readonly decoded: string;
  readonly input: string;
}

export class TypePrinter {
  readonly #names: ModuleNames;

  constructor(names: ModuleNames) {
    this.#names = names;
  }

  /** The type of an attribute's value; an array if it may occur more than once. */
  attribute(type: ValueType, multi: boolean): TypeText {
    const one = this.value(type);
    return multi ? list(one) : one;
  }

  value(type: ValueType): TypeText {
    switch (type.kind) {
      case 'integer':
        return this.#integer(type.names, type.width === 8);
      case 'variable-integer':
        return this.#integer(type.names, true);
      case 'nest':
        return this.#named(this.#names.body(type));
      case 'sequence':
        return list(this.#named(this.#names.of(type.set)));
      case 'records':
        return list(this.#named(this.#names.body(type)));
      case 'sub-message':
        return this.#named(this.#names.of(type.message));
      case 'indexed': {
        const of = this.value(type.of);
        if (type.of.kind !== 'nest') return list(of);
        return list({ decoded: `Indexed<${of.decoded}>`, input: `IndexedInput<${of.input}>` });
      }
      case 'keyed':
        return this.#keyed(type.keys, type.of);
      case 'bitfield32': {
        if (type.names === undefined) return same('Bitfield32');
        const name = this.#names.of(type.names.enum);
        return { decoded: `FlagField<${name}>`, input: `FlagFieldInput<${name}>` };
      }
      case 'flag':
        return { decoded: 'true', input: 'boolean' };
      case 'pad':
      case 'unused':
        return same('never');
      default:
        return this.member(type);
    }
  }

  member(type: MemberType): TypeText {
    switch (type.kind) {
      case 'integer':
        return this.#integer(type.names, type.width === 8);
      case 'address':
        return { decoded: 'string', input: 'AddressInput' };
      case 'string':
        return same('string');
      case 'bytes':
        return { decoded: 'Uint8Array', input: 'Bytes' };
      case 'struct':
        return this.#named(this.#names.of(type.struct));
      case 'array':
        return list(this.member(type.of));
      case 'pad':
        return same('never');
    }
  }

  memberOf({ type }: MemberSpec): TypeText {
    return this.member(type);
  }

  #integer(names: EnumUse | undefined, wide: boolean): TypeText {
    const number = wide ? 'bigint' : 'number';
    const given = wide ? 'number | bigint' : 'number';
    if (names === undefined) return { decoded: number, input: given };
    const name = this.#names.of(names.enum);
    if (names.flags) return { decoded: `readonly FlagName<${name}>[]`, input: `FlagsInput<${name}>` };
    return { decoded: `${name} | ${number}`, input: `${name} | ${given}` };
  }

  #keyed(keys: readonly string[], of: ValueType): TypeText {
    const value = this.value(of);
    const numbers = keys.map((key) => `readonly ${property(key)}: number`);
    const text = (type: string) =>
      of.kind === 'nest'
        ? `{ ${numbers.join('; ')} } & ${type}`
        : `{ ${[...numbers, `readonly value: ${type}`].join('; ')} }`;
    return { decoded: text(value.decoded), input: text(value.input) };
  }

  #named(name: string): TypeText {
    return { decoded: name, input: `${name}Input` };
  }
}

function list({ decoded, input }: TypeText): TypeText {
  return { decoded: `readonly ${grouped(decoded)}[]`, input: `readonly ${grouped(input)}[]` };
}

function grouped(type: string): string {
  return /^[\w<>]+$/.test(type) ? type : `(${type})`;
}

function same(type: string): TypeText {
  return { decoded: type, input: type };
}
