import { integerMethod, isWide, variableMethod } from '../integer-method.js';
import type { SetSpec, StructSpec, ValueType } from '../model.js';
import { type Expressions } from './expressions.js';
import { quoted } from './literals.js';

/** The values of outer selectors that a set's functions pass down, as source, by the selector's name. */
export type Scope = ReadonlyMap<string, string>;

/** Source that reads and writes attributes' values. */
export class ValuePrinter {
  readonly #expressions: Expressions;

  constructor(expressions: Expressions) {
    this.#expressions = expressions;
  }

  /** An expression that reads the payload from `from` to `to`, which has `size` bytes. */
  read(type: ValueType, scope: Scope): string {
    const { names } = this.#expressions;
    switch (type.kind) {
      case 'integer':
        return this.#expressions.readIntegerPayload(type, 'from');
      case 'variable-integer':
        return this.#expressions.readVariable(type, 'from', 'to');
      case 'flag':
        return 'true';
      case 'bitfield32':
        return type.names === undefined
          ? 'view.bitfield32(from, to)'
          : `readFlagField(${this.#expressions.naming(type.names)}, view, from, to, strict)`;
      case 'nest':
        return this.readNest(type, 'from', 'to', scope);
      case 'indexed':
        return this.#readIndexed(type.of, scope);
      case 'keyed':
        return this.#readKeyed(type.keys, type.of, scope);
      case 'sub-message': {
        const selected = scope.get(type.selector.name) ?? 'undefined';
        const outer = this.#outer(outerOf(type), scope);
        return `read${names.of(type.message)}(${selected}, view, from, to, strict${outer})`;
      }
      case 'sequence': {
        const outer = this.#outer(type.set.outerSelectors, scope);
        return `readSequence(view, from, to, (entry, start, end) => read${names.of(type.set)}(entry, view, start, end, strict${outer}))`;
      }
      case 'records':
        return `readRecords(view, ${type.header.size}, from, to, strict, read${names.body(type)})`;
      case 'pad':
      case 'unused':
        return 'undefined';
      default:
        return this.#expressions.readMember(type, 'from', 'to');
    }
  }

  /** An expression that reads a nested attribute: attributes, after a structure if there is one. */
  readNest(
    nest: { readonly set?: SetSpec; readonly header?: StructSpec },
    from: string,
    to: string,
    scope: Scope,
  ): string {
    const { names } = this.#expressions;
    const outer = this.#outer(nest.set?.outerSelectors ?? [], scope);
    if (nest.header !== undefined) return `read${names.body(nest)}(view, ${from}, ${to}, strict${outer})`;
    if (nest.set === undefined) return `readNothing({}, view, ${from}, ${to}, strict)`;
    return `read${names.of(nest.set)}({}, view, ${from}, ${to}, strict${outer})`;
  }

  /** A statement that writes `value` as an attribute of this number. */
  write(type: ValueType, id: string, value: string): string {
    const { names } = this.#expressions;
    switch (type.kind) {
      case 'integer': {
        const method = integerMethod(type);
        return `writer.${method}(${id}, ${this.#expressions.number(type.names, isWide(method), value)});`;
      }
      case 'variable-integer':
        return `writer.${variableMethod(type)}(${id}, ${this.#expressions.number(type.names, true, value)});`;
      case 'address':
        return `writer.binary(${id}, ${this.#expressions.addressBytes(type.form, value)});`;
      case 'struct':
        return this.writeStruct(type.struct, id, value);
      case 'flag':
        return `writer.flag(${id}, ${value} === true);`;
      case 'string':
        return `writer.string(${id}, textOf(${value}));`;
      case 'bytes':
        return `writer.binary(${id}, bytesOf(${value}));`;
      case 'array':
        return this.#writeArray(type.of, id, value);
      case 'bitfield32':
        return type.names === undefined
          ? `writer.bitfield32(${id}, objectOf(${value}).value, ${value}.selector);`
          : `writeFlagField(writer, ${id}, ${this.#expressions.naming(type.names)}, ${value});`;
      case 'nest':
        return `writeNest(writer, ${id}, ${value}, write${names.body(type)});`;
      case 'indexed':
        return this.#writeIndexed(type.of, type.first, id, value);
      case 'keyed':
        return this.#writeKeyed(type.keys, type.of, id, value);
      case 'sub-message':
        return `write${names.of(type.message)}(writer, ${id}, ${value});`;
      case 'sequence':
        return `writeSequence(writer, ${id}, ${value}, write${names.of(type.set)});`;
      case 'records':
        return this.#writeRecords(type.header, type, id, value);
      case 'pad':
      case 'unused':
        return '';
    }
  }

  writeStruct(struct: StructSpec, id: string, value: string): string {
    const name = this.#expressions.names.of(struct);
    const length = struct.members.at(-1)?.length === 0 ? `lengthOf${name}(${value})` : String(struct.size);
    return `writeStruct(writer, ${id}, ${length}, ${value}, put${name});`;
  }

  #outer(needed: readonly string[], scope: Scope): string {
    return needed.map((name) => `, ${scope.get(name) ?? 'undefined'}`).join('');
  }

  #readIndexed(of: ValueType, scope: Scope): string {
    if (of.kind !== 'nest') {
      const sized = /\bsize\b/.test(this.read(of, scope));
      const body = sized
        ? `{ const size = to - from; return ${this.read(of, scope)}; }`
        : this.read(of, scope);
      return `readIndexed(view, from, to, (from, to) => ${body})`;
    }
    const name = this.#expressions.names.of(of.set);
    const outer = this.#outer(of.set.outerSelectors, scope);
    const reader =
      outer === ''
        ? `read${name}`
        : `(entry, view, start, end) => read${name}(entry, view, start, end, strict${outer})`;
    return `readIndexedNests<${name}>(view, from, to, strict, ${reader})`;
  }

  #readKeyed(keys: readonly string[], of: ValueType, scope: Scope): string {
    const names = `[${keys.map(quoted).join(', ')}] as const`;
    if (of.kind === 'nest') {
      const name = this.#expressions.names.of(of.set);
      const outer = this.#outer(of.set.outerSelectors, scope);
      return (
        `readKeyed(view, from, to, ${names}, (keys, from, to) => ` +
        `({ ...keys, ...read${name}({}, view, from, to, strict${outer}) }))`
      );
    }
    const sized = /\bsize\b/.test(this.read(of, scope)) ? 'const size = to - from; ' : '';
    return (
      `readKeyed(view, from, to, ${names}, (keys, from, to) => ` +
      `{ ${sized}return { ...keys, value: ${this.read(of, scope)} }; })`
    );
  }

  #writeArray(of: Extract<ValueType, { kind: 'array' }>['of'], id: string, value: string): string {
    const size = of.kind === 'integer' ? of.width : of.struct.size;
    const at = `writer.attribute(${id}, listOf(${value}).length * ${size})`;
    if (of.kind === 'integer') return this.#expressions.putNumbers(of, at, value);
    const name = this.#expressions.names.of(of.struct);
    return `putStructs(writer, ${at}, ${size}, ${value}, put${name});`;
  }

  #writeIndexed(of: ValueType, first: number, id: string, value: string): string {
    if (of.kind === 'nest') {
      const name = this.#expressions.names.of(of.set);
      return `writeIndexedNests(writer, ${id}, ${first}, ${value}, write${name});`;
    }
    const entry = this.write(of, 'type', 'entry').replace(/;$/, '');
    return `writeIndexed(writer, ${id}, ${first}, ${value}, (type, entry) => ${entry});`;
  }

  #writeKeyed(keys: readonly string[], of: ValueType, id: string, value: string): string {
    const names = `[${keys.map(quoted).join(', ')}] as const`;
    if (of.kind === 'nest') {
      return `writeKeyedNest(writer, ${id}, ${names}, ${value}, write${this.#expressions.names.of(of.set)});`;
    }
    const entry = this.write(of, 'type', 'entry.value').replace(/;$/, '');
    return `writeKeyed(writer, ${id}, ${names}, ${value}, (type, entry) => ${entry});`;
  }

  #writeRecords(
    header: StructSpec,
    body: { readonly set: SetSpec; readonly header: StructSpec },
    id: string,
    value: string,
  ): string {
    const [length] = header.members;
    const put =
      length?.type.kind === 'integer'
        ? this.#expressions.putMember(length.type, 'at', length.length, 'length').replace(/;$/, '')
        : 'undefined';
    const name = this.#expressions.names.body(body);
    return `writeRecords(writer, ${id}, ${value}, write${name}, (at, length) => ${put});`;
  }
}

/** Selectors other than a sub-message's own that must be passed down to its formats. */
export function outerOf(type: Extract<ValueType, { kind: 'sub-message' }>): string[] {
  const needed = type.message.formats.flatMap(({ set }) => set?.outerSelectors ?? []);
  return [...new Set(needed)];
}
