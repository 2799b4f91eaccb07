import fc, { type Arbitrary } from 'fast-check';
import { headerKeys } from '#lib/spec/body-keys';
import type {
  AddressForm,
  BodySpec,
  EnumUse,
  FormatSpec,
  IntegerType,
  MemberSpec,
  SetSpec,
  StructSpec,
  ValueType,
} from '#lib/spec/model';

type Values = Record<string, unknown>;

/** How deep values nest: sets may contain themselves. */
const DEPTH = 4;

/** Objects that a message of this body can be made of. */
export function bodyInput(body: BodySpec, depth = DEPTH): Arbitrary<Values> {
  const members = body.header === undefined ? [] : [...headerKeys(body.header, body.set)];
  const header = Object.fromEntries(members.map(([member, key]) => [key, memberInput(member)]));
  const attributes = body.set === undefined ? fc.constant({}) : setInput(body.set, depth);
  return fc
    .tuple(fc.record(header, { requiredKeys: [] }), attributes)
    .map(([own, others]) => ({ ...own, ...others }));
}

/** For each attribute of a body's outermost set: objects that have it alone. */
export function singleInputs({ set }: BodySpec): { key: string; input: Arbitrary<Values> }[] {
  if (set === undefined) return [];
  return entriesOf(set, DEPTH).map(([key, value]) => ({
    key,
    input: value.map((one) => withOneFormat(set, { [key]: one })),
  }));
}

function entriesOf(set: SetSpec, depth: number): [string, Arbitrary<unknown>][] {
  const selectors = new Set<string>();
  for (const { type } of set.attributes) {
    if (type.kind === 'sub-message') selectors.add(type.selector.key);
  }
  return set.attributes
    .filter(({ type, key }) => type.kind !== 'pad' && type.kind !== 'unused' && !selectors.has(key))
    .map(({ key, type, multi }) => {
      const one = valueInput(type, depth);
      return [key, multi ? fc.array(one, { minLength: 1, maxLength: 3 }) : one];
    });
}

function setInput(set: SetSpec, depth: number): Arbitrary<Values> {
  const entries = entriesOf(set, depth);
  // A few of the attributes at a time: large sets would fill more than an attribute can hold.
  return fc
    .subarray(entries, { maxLength: Math.min(entries.length, depth === DEPTH ? 12 : 4) })
    .chain((some) => fc.record(Object.fromEntries(some)))
    .map((values) => withOneFormat(set, values));
}

/** Data that one attribute selects cannot be of two formats at once. */
function withOneFormat(set: SetSpec, values: Values): Values {
  const kept = { ...values };
  const seen = new Map<string, string>();
  for (const { key, type } of set.attributes) {
    if (type.kind !== 'sub-message' || kept[key] === undefined) continue;
    const [tag = ''] = Object.keys(kept[key] as object);
    const said = seen.get(type.selector.key);
    if (type.selector.outer || (said !== undefined && said !== tag)) Reflect.deleteProperty(kept, key);
    else seen.set(type.selector.key, tag);
  }
  return kept;
}

function valueInput(type: ValueType, depth: number): Arbitrary<unknown> {
  switch (type.kind) {
    case 'integer':
      return integerInput(type);
    case 'variable-integer':
      return named(
        type.names,
        type.signed ? fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }) : wide(),
      );
    case 'address':
      return addressInput(type.form);
    case 'struct':
      return structInput(type.struct);
    case 'flag':
      return fc.constant(true);
    case 'string':
      return text();
    case 'bytes':
      return fc.uint8Array({ maxLength: 12 });
    case 'array':
      return fc.array(type.of.kind === 'integer' ? integerInput(type.of) : structInput(type.of.struct), {
        maxLength: 4,
      });
    case 'bitfield32':
      return bitfield(type.names);
    case 'nest':
      return nestInput(type, depth);
    case 'indexed':
      return indexed(type.of, depth);
    case 'keyed':
      return keyed(type.keys, type.of, depth);
    case 'sub-message':
      return fc.constantFrom(...type.message.formats).chain((format) => formatInput(format, depth - 1));
    case 'sequence':
      return fc
        .array(nestInput(type, depth), { maxLength: 3 })
        .map((entries) => entries.flatMap((entry) => Object.entries(entry).slice(0, 1)))
        .map((entries) =>
          entries.filter(([, value]) => value !== undefined).map((entry) => Object.fromEntries([entry])),
        );
    case 'records':
      return fc.array(nestInput(type, depth), { maxLength: 2 });
    case 'pad':
    case 'unused':
      return fc.constant(undefined);
  }
}

/** Made when it is needed: sets may contain themselves. */
function nestInput(body: BodySpec, depth: number): Arbitrary<Values> {
  return depth === 0 ? fc.constant({}) : fc.constant(body).chain((inner) => bodyInput(inner, depth - 1));
}

function formatInput(format: FormatSpec, depth: number): Arbitrary<Values> {
  const { header, set, value } = format;
  const data =
    header !== undefined && set === undefined ? structInput(header) : nestInput(format, Math.max(depth, 0));
  return data.map((inner) => ({ [value]: inner }));
}

function indexed(of: ValueType, depth: number): Arbitrary<unknown> {
  if (of.kind !== 'nest') return fc.array(valueInput(of, depth), { maxLength: 3 });
  const entry = nestInput(of, depth);
  const numbered = fc
    .tuple(fc.option(fc.integer({ min: 0, max: 100 }), { nil: undefined }), entry)
    .map(([arrayIndex, values]) => (arrayIndex === undefined ? values : { arrayIndex, ...values }));
  return fc.array(numbered, { maxLength: 3 });
}

function keyed(keys: readonly string[], of: ValueType, depth: number): Arbitrary<unknown> {
  const numbers = fc.record(Object.fromEntries(keys.map((key) => [key, fc.integer({ min: 0, max: 99 })])));
  if (of.kind !== 'nest')
    return fc.tuple(numbers, valueInput(of, depth)).map(([own, value]) => ({ ...own, value }));
  return fc.tuple(numbers, nestInput(of, depth)).map(([own, values]) => ({ ...own, ...values }));
}

function structInput(struct: StructSpec): Arbitrary<Values> {
  const members = struct.members.filter(({ type }) => type.kind !== 'pad');
  return fc.record(Object.fromEntries(members.map((member) => [member.key, memberInput(member)])), {
    requiredKeys: [],
  });
}

function memberInput({ type, length }: MemberSpec): Arbitrary<unknown> {
  switch (type.kind) {
    case 'integer':
      return integerInput(type);
    case 'address':
      return addressInput(type.form, length);
    case 'string':
      return text().map((value) => value.slice(0, Math.floor(length / 4)));
    case 'bytes':
      return fc.uint8Array(length === 0 ? { maxLength: 8 } : { minLength: length, maxLength: length });
    case 'struct':
      return structInput(type.struct);
    case 'array':
      return fc.array(type.of.kind === 'integer' ? integerInput(type.of) : structInput(type.of.struct), {
        maxLength:
          length === 0 ? 3 : length / (type.of.kind === 'integer' ? type.of.width : type.of.struct.size),
      });
    case 'pad':
      return fc.constant(undefined);
  }
}

function integerInput({ width, signed, names }: IntegerType): Arbitrary<unknown> {
  if (width === 8)
    return named(names, signed ? fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }) : wide());
  const range = 2 ** (width * 8);
  const [min, max] = signed ? [-range / 2, range / 2 - 1] : [0, range - 1];
  return named(names, fc.integer({ min, max }), width);
}

function named(names: EnumUse | undefined, number: Arbitrary<unknown>, width = 8): Arbitrary<unknown> {
  if (names === undefined) return number;
  const entries = names.enum.entries.filter(({ value }) => value >= 0);
  if (!names.flags) {
    const fitting = entries.filter(({ value }) => value < 2 ** (width * 8));
    return fc.oneof(fc.constantFrom(...fitting.map(({ name }) => name)), number);
  }
  const bits = entries.filter(({ value }) => value < width * 8).map(({ name }) => name);
  const unknown = fc.integer({ min: 0, max: width * 8 - 1 }).map((bit) => `bit${bit}`);
  return fc.oneof(fc.subarray(bits), fc.array(unknown, { maxLength: 2 }), number);
}

function bitfield(names: EnumUse | undefined): Arbitrary<unknown> {
  const number = fc.integer({ min: 0, max: 0x7fffffff });
  if (names === undefined) return number.map((selector) => ({ value: selector & 0x5555, selector }));
  const entries = names.enum.entries.filter(({ value }) => value < 32).map(({ name }) => name);
  return fc.subarray(entries).map((selector) => ({ value: selector.slice(0, 1), selector }));
}

function addressInput(form: AddressForm, length = 0): Arbitrary<unknown> {
  const bytes = (count: number) => fc.uint8Array({ minLength: count, maxLength: count });
  const ipv6 = fc.oneof(fc.ipV6(), bytes(16));
  switch (form) {
    case 'mac':
      return bytes(length === 0 ? 6 : length);
    case 'ipv4':
      return fc.oneof(fc.ipV4(), bytes(4));
    case 'ipv6':
      return ipv6;
    case 'ip':
      return fc.oneof(fc.ipV4(), ipv6);
    case 'uuid':
      return bytes(16);
  }
}

function wide(): Arbitrary<bigint> {
  return fc.oneof(fc.bigInt({ min: 0n, max: 0xffffffffn }), fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }));
}

function text(): Arbitrary<string> {
  return fc.string({ maxLength: 12, unit: 'grapheme' }).map((value) => value.replaceAll('\0', ''));
}
