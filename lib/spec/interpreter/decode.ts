import { align4, LITTLE_ENDIAN_HOST } from '../../wire/byte-order.js';
import { NLA_HDRLEN } from '../../wire/constants.js';
import type { WireView } from '../../wire/view.js';
import { headerKeys } from '../body-keys.js';
import type { AttributeSpec, BodySpec, SetSpec, StructSpec, SubMessageSpec, ValueType } from '../model.js';
import { setsWithin } from '../normalise/selectors.js';
import { brokenAttribute, keepEarlier, keepMalformed, keepUnknown, tooShort } from '../runtime/extra.js';
import { readKeyed as readKeyedNests } from '../runtime/reading.js';
import { malformed } from '../../errors.js';
import { readSequence } from '../runtime/reading.js';
import { readInteger, readVariableInteger } from './integers.js';
import { readAddress, readArray, readMember, readStruct, type Values } from './structs.js';
import { attributesById, flagSetOf } from './tables.js';

/** What applies to a whole message. */
export interface Decoding {
  readonly view: WireView;
  /** Refuse what the specification does not know, instead of keeping it. */
  readonly strict: boolean;
}

/** Values of enclosing sets that select formats further in. */
type Scope = Readonly<Record<string, unknown>>;

/** Reads what follows a message's netlink headers; with `select`, only those properties. */
export function decodeBody(
  body: BodySpec,
  decoding: Decoding,
  start: number,
  end: number,
  select?: ReadonlySet<string>,
): Values {
  const values: Values = {};
  const from = start + readHeader(body.header, body.set, decoding, start, end, values, select);
  if (body.set !== undefined) readSet(body.set, decoding, from, end, values, {}, select);
  return values;
}

/** Reads a structure whose members share an object with attributes; returns its length. */
function readHeader(
  header: StructSpec | undefined,
  set: SetSpec | undefined,
  { view, strict }: Decoding,
  start: number,
  end: number,
  values: Values,
  select?: ReadonlySet<string>,
): number {
  if (header === undefined) return 0;
  if (end - start < header.size) tooShort(end - start, header.size);
  for (const [member, key] of headerKeys(header, set)) {
    if (select?.has(key) === false) continue;
    readMember(member, view, start + member.offset, end, strict, values, key);
  }
  return align4(header.size);
}

function readSet(
  set: SetSpec,
  decoding: Decoding,
  start: number,
  end: number,
  values: Values,
  outer: Scope,
  select?: ReadonlySet<string>,
): void {
  decoding.view.enterNest();
  try {
    readAttributes(set, decoding, start, end, values, outer, select);
  } finally {
    decoding.view.leaveNest();
  }
}

function readAttributes(
  set: SetSpec,
  decoding: Decoding,
  start: number,
  end: number,
  values: Values,
  outer: Scope,
  select?: ReadonlySet<string>,
): void {
  const { view, strict } = decoding;
  const known = attributesById(set);
  const deferred = new Map<number, number>();
  for (let at = start; end - at >= NLA_HDRLEN;) {
    const length = view.data.getUint16(at, LITTLE_ENDIAN_HOST);
    if (length < NLA_HDRLEN || length > end - at) brokenAttribute(at, length, end);
    const attribute = known.get(view.attributeType(at));
    if (attribute === undefined || attribute.type.kind === 'unused') {
      if (select === undefined) keepUnknown(values, view, at, strict);
    } else if (attribute.type.kind !== 'pad' && select?.has(attribute.key) !== false) {
      if (isDeferred(attribute.type)) {
        if (deferred.has(attribute.id)) keepEarlier(values, view, start, at, strict);
        deferred.set(attribute.id, at);
      } else {
        readAttribute(attribute, decoding, start, at, values, {});
      }
    }
    at += align4(length);
  }
  const scope = deferred.size === 0 ? outer : innerScope(set, values, outer);
  for (const attribute of deferred.size === 0 ? [] : set.attributes) {
    const at = deferred.get(attribute.id);
    if (at !== undefined) readAttribute(attribute, decoding, start, at, values, scope);
  }
}

/** Whether the value depends on attributes that may come later, namely the selector of a sub-message. */
export function isDeferred(type: ValueType): boolean {
  return (
    type.kind === 'sub-message' || setsWithin(type).some(({ outerSelectors }) => outerSelectors.length > 0)
  );
}

/** The selectors for deeper formats: this set's text and named attributes, and those passed down. */
function innerScope(set: SetSpec, values: Values, outer: Scope): Scope {
  const own = set.attributes.filter(({ type }) => type.kind === 'string' || type.kind === 'integer');
  return { ...outer, ...Object.fromEntries(own.map(({ key }) => [key, values[key]])) };
}

function readAttribute(
  attribute: AttributeSpec,
  decoding: Decoding,
  start: number,
  at: number,
  values: Values,
  scope: Scope,
): void {
  const { view, strict } = decoding;
  const { key, type } = attribute;
  const end = at + view.data.getUint16(at, LITTLE_ENDIAN_HOST);
  try {
    if (attribute.multi) {
      const value = readValue(type, decoding, at + NLA_HDRLEN, end, scope);
      const list = values[key] as unknown[] | undefined;
      if (list === undefined) values[key] = [value];
      else list.push(value);
    } else {
      if (values[key] !== undefined) keepEarlier(values, view, start, at, strict);
      values[key] = readValue(type, decoding, at + NLA_HDRLEN, end, scope);
    }
  } catch (error) {
    keepMalformed(values, view, at, error, strict);
  }
}

function readValue(type: ValueType, decoding: Decoding, from: number, end: number, scope: Scope): unknown {
  const { view, strict } = decoding;
  switch (type.kind) {
    case 'integer':
      return readInteger(type, view, from, end, strict);
    case 'variable-integer':
      return readVariableInteger(type, view, from, end, strict);
    case 'address':
      return readAddress(type.form, view, from, end);
    case 'struct':
      return readStruct(type.struct, view, from, end, strict);
    case 'flag':
      return true;
    case 'string':
      return view.string(from, end);
    case 'bytes':
      return view.binary(from, end);
    case 'array':
      return readArray(type.of, view, from, end, strict);
    case 'bitfield32': {
      const { value, selector } = view.bitfield32(from, end);
      if (type.names === undefined) return { value, selector };
      const flags = flagSetOf(type.names.enum);
      return { value: flags.names(value, strict), selector: flags.names(selector, strict) };
    }
    case 'nest':
      return readNest(type.header, type.set, decoding, from, end, scope);
    case 'indexed':
      return readIndexed(type.of, decoding, from, end, scope);
    case 'keyed':
      return readKeyed(type.keys, type.of, decoding, from, end, scope);
    case 'sub-message':
      return readSubMessage(type.message, scope[type.selector.key], decoding, from, end, scope);
    case 'sequence':
      return readSequence(view, from, end, (entry, start, limit) => {
        readSet(type.set, decoding, start, limit, entry, scope);
        return entry;
      });
    case 'records':
      return readRecords(type.header, type.set, decoding, from, end, scope);
    case 'pad':
    case 'unused':
      return undefined;
  }
}

function readNest(
  header: StructSpec | undefined,
  set: SetSpec | undefined,
  decoding: Decoding,
  from: number,
  end: number,
  scope: Scope,
): Values {
  const values: Values = {};
  const at = from + readHeader(header, set, decoding, from, end, values);
  if (set !== undefined) readSet(set, decoding, at, end, values, scope);
  return values;
}

function readIndexed(of: ValueType, decoding: Decoding, from: number, end: number, scope: Scope): unknown[] {
  const { view } = decoding;
  const values: unknown[] = [];
  for (let at = from; end - at >= NLA_HDRLEN;) {
    const length = view.attributeLength(at, end);
    const value = readValue(of, decoding, at + NLA_HDRLEN, at + length, scope);
    values.push(of.kind === 'nest' ? { arrayIndex: view.attributeType(at), ...(value as Values) } : value);
    at += align4(length);
  }
  return values;
}

/** One value, nested once for each key. The kernel sends one entry per level; one object cannot express more. */
function readKeyed(
  keys: readonly string[],
  of: ValueType,
  decoding: Decoding,
  from: number,
  end: number,
  scope: Scope,
): Values {
  return readKeyedNests(decoding.view, from, end, keys, (numbers, start, limit) => {
    const value = readValue(of, decoding, start, limit, scope);
    return of.kind === 'nest' ? { ...numbers, ...(value as Values) } : { ...numbers, value };
  });
}

function readSubMessage(
  message: SubMessageSpec,
  selected: unknown,
  decoding: Decoding,
  from: number,
  end: number,
  scope: Scope,
): Values {
  const format = message.formats.find(({ value }) => value === selected);
  if (format === undefined) {
    if (decoding.strict) throw malformed(`unknown format '${String(selected)}' of ${message.name}`);
    return { raw: decoding.view.binary(from, end) };
  }
  const { header, set } = format;
  if (header !== undefined && set === undefined) {
    return { [format.value]: readStruct(header, decoding.view, from, end, decoding.strict) };
  }
  return { [format.value]: readNest(header, set ?? NO_ATTRIBUTES, decoding, from, end, scope) };
}

const NO_ATTRIBUTES: SetSpec = { name: 'none', attributes: [], outerSelectors: [] };

/** Structures that begin with their length, which includes the attributes after each of them. */
function readRecords(
  header: StructSpec,
  set: SetSpec,
  decoding: Decoding,
  from: number,
  end: number,
  scope: Scope,
): Values[] {
  const { view } = decoding;
  const records: Values[] = [];
  for (let at = from; at < end;) {
    const length = view.u16(at, end);
    if (length < header.size || length > end - at) {
      throw malformed(`the record at byte ${at} claims ${length} bytes, and ${end - at} are left`);
    }
    records.push(readNest(header, set, decoding, at, at + length, scope));
    at += align4(length);
  }
  return records;
}
