import type {
  AddressForm,
  EnumUse,
  IntegerType,
  MemberType,
  StructSpec,
  VariableIntegerType,
} from '../model.js';
import { integerMethod, isWide, putMethod, variableMethod } from '../integer-method.js';
import type { ModuleNames } from './naming.js';
import { quoted } from './literals.js';

// Source that reads and writes single values. `data` is the view's DataView, `LE` the machine's byte order.

const READ_ADDRESS: Readonly<Record<AddressForm, string>> = {
  mac: 'readMac',
  ipv4: 'readIpv4',
  ipv6: 'readIpv6',
  ip: 'readIp',
  uuid: 'readUuid',
};
const ADDRESS_BYTES: Readonly<Record<AddressForm, string>> = {
  mac: 'macBytes',
  ipv4: 'ipv4Bytes',
  ipv6: 'ipv6Bytes',
  ip: 'ipBytes',
  uuid: 'uuidBytes',
};

export class Expressions {
  readonly names: ModuleNames;

  constructor(names: ModuleNames) {
    this.names = names;
  }

  /** The name of the constant that maps numbers to names. */
  naming({ enum: named, flags }: EnumUse): string {
    return flags && !named.flags ? this.names.bitsOf(named) : this.names.of(named);
  }

  /** An integer that is known to lie within its container. */
  readInteger(type: IntegerType, at: string): string {
    return this.#named(dataViewRead(type, at), type.names, type.width === 8);
  }

  /** An integer that fills a payload, whose length is `size`. */
  readIntegerPayload(type: IntegerType, at: string): string {
    const read = `size < ${type.width} ? tooShort(size, ${type.width}) : ${dataViewRead(type, at)}`;
    return this.#named(read, type.names, type.width === 8);
  }

  readVariable(type: VariableIntegerType, from: string, end: string): string {
    return this.#named(`view.${variableMethod(type)}(${from}, ${end})`, type.names, true);
  }

  readAddress(form: AddressForm, from: string, end: string): string {
    return `${READ_ADDRESS[form]}(view, ${from}, ${end})`;
  }

  addressBytes(form: AddressForm, value: string): string {
    return `${ADDRESS_BYTES[form]}(${value})`;
  }

  /** The number that stands for what a caller passed. */
  number(names: EnumUse | undefined, wide: boolean, value: string): string {
    if (names === undefined) return value;
    if (!names.flags) return `${this.naming(names)}.value(${value})`;
    return `${this.naming(names)}.mask${wide ? '64' : ''}(${value})`;
  }

  readMember(type: MemberType, at: string, end: string): string {
    switch (type.kind) {
      case 'integer':
        return this.readInteger(type, at);
      case 'address':
        return this.readAddress(type.form, at, end);
      case 'string':
        return `view.string(${at}, ${end})`;
      case 'bytes':
        return `view.binary(${at}, ${end})`;
      case 'struct':
        return this.readStruct(type.struct, at, end);
      case 'array':
        return this.readArray(type.of, at, end);
      case 'pad':
        return 'undefined';
    }
  }

  readStruct(struct: StructSpec, from: string, end: string): string {
    return `read${this.names.of(struct)}(view, ${from}, ${end}, strict)`;
  }

  readArray(
    of: IntegerType | { readonly kind: 'struct'; readonly struct: StructSpec },
    from: string,
    end: string,
  ): string {
    if (of.kind === 'struct') {
      const name = this.names.of(of.struct);
      return `readStructs(view, ${of.struct.size}, ${from}, ${end}, strict, read${name})`;
    }
    const method = integerMethod(of);
    const numbers = isWide(method)
      ? `readWideNumbers(view, ${quoted(method)}, ${from}, ${end})`
      : `readNumbers(view, ${quoted(method)}, ${of.width}, ${from}, ${end})`;
    if (of.names === undefined) return numbers;
    return `${numbers}.map((number) => ${this.#named('number', of.names, of.width === 8)})`;
  }

  /** A statement that puts a member of a structure at `at`. */
  putMember(type: MemberType, at: string, length: number, value: string): string {
    switch (type.kind) {
      case 'integer': {
        const method = integerMethod(type);
        return `writer.${putMethod(method)}(${at}, ${this.number(type.names, isWide(method), value)});`;
      }
      case 'address':
        return `writer.putBytes(${at}, ${this.#fitting(this.addressBytes(type.form, value), length)});`;
      case 'string':
        return `putText(writer, ${at}, ${length}, ${value});`;
      case 'bytes':
        return `writer.putBytes(${at}, ${this.#fitting(`bytesOf(${value})`, length)});`;
      case 'struct':
        return `put${this.names.of(type.struct)}(writer, ${at}, ${value});`;
      case 'array':
        return this.#putArray(type.of, at, length, value);
      case 'pad':
        return '';
    }
  }

  #putArray(
    of: IntegerType | { readonly kind: 'struct'; readonly struct: StructSpec },
    at: string,
    length: number,
    value: string,
  ): string {
    const size = of.kind === 'integer' ? of.width : of.struct.size;
    const list = length === 0 ? value : `atMost(${value}, ${length / size})`;
    if (of.kind === 'struct') {
      const put = `put${this.names.of(of.struct)}(writer, ${at} + index * ${size}, entry)`;
      return `each(${list}, (entry, index) => ${put});`;
    }
    return this.putNumbers(of, at, list);
  }

  putNumbers(of: IntegerType, at: string, list: string): string {
    const method = integerMethod(of);
    const numbers =
      of.names === undefined
        ? list
        : `${list}.map((entry) => ${this.number(of.names, isWide(method), 'entry')})`;
    return isWide(method)
      ? `putWideNumbers(writer, ${at}, ${quoted(method)}, ${numbers});`
      : `putNumbers(writer, ${at}, ${quoted(method)}, ${of.width}, ${numbers});`;
  }

  #fitting(bytes: string, length: number): string {
    return length === 0 ? bytes : `upTo(${bytes}, ${length})`;
  }

  #named(number: string, names: EnumUse | undefined, wide: boolean): string {
    if (names === undefined) return number;
    const method = names.flags ? 'names' : 'name';
    return `${this.naming(names)}.${method}${wide ? '64' : ''}(${number}, strict)`;
  }
}

function dataViewRead(type: IntegerType, at: string): string {
  const sign = type.signed ? 'Int' : 'Uint';
  if (type.width === 1) return `data.get${sign}8(${at})`;
  const order = type.bigEndian ? '' : ', LE';
  if (type.width === 8) return `${type.signed ? 's64At' : 'u64At'}(data, ${at}${order})`;
  return `data.get${sign}${type.width * 8}(${at}${order})`;
}

/** `from + 4`, or `from` where the offset is 0. */
export function plus(base: string, offset: number): string {
  return offset === 0 ? base : `${base} + ${offset}`;
}
