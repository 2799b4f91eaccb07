import { invalidArgument, malformed, NetlinkError } from '../../errors.js';
import { align4, LITTLE_ENDIAN_HOST } from '../../wire/byte-order.js';
import { NLA_F_NESTED, NLA_F_NET_BYTEORDER, NLA_HDRLEN, NLA_TYPE_MASK } from '../../wire/constants.js';
import type { Bytes } from '../../wire/bytes.js';
import type { WireView } from '../../wire/view.js';
import type { WireWriter } from '../../wire/writer.js';
import { objectOf, within } from './input.js';

const FLAGS = NLA_F_NESTED | NLA_F_NET_BYTEORDER;

/** An attribute for which a decoded object has no property. */
export interface ExtraAttribute {
  /** Its number. */
  readonly type: number;
  /** NLA_F_NESTED and NLA_F_NET_BYTEORDER as the sender set them. */
  readonly flags: number;
  /** The attribute's payload, without header and padding. */
  readonly payload: Uint8Array;
  /**
   * Why it is here: the specification does not know it (`unknown`), its payload contradicts the specification
   * (`malformed`), or a later one of the same type took its place (`repeated`).
   */
  readonly reason: 'unknown' | 'malformed' | 'repeated';
}

/** All objects decoded from attributes: some attributes may have no property. */
export interface Decoded {
  /** Attributes that the specification does not have, and repeats of those that come once. */
  readonly extra?: readonly ExtraAttribute[];
}

/** Attributes to send in addition to those of the specification. */
export interface ExtraInput {
  /** The attribute's type number, 0 to 16383. */
  readonly type: number;
  /** NLA_F_NESTED, NLA_F_NET_BYTEORDER. Default: 0. */
  readonly flags?: number;
  /** The attribute's payload. */
  readonly payload: Bytes;
}

/** All objects sent as attributes: they can have further attributes. */
export interface ExtraInputs {
  /** Attributes to send that the specification does not have. */
  readonly extra?: readonly ExtraInput[] | undefined;
}

/** A message being decoded, which keeps the attributes that its specification does not have. */
export interface ExtraTarget {
  /** The attributes kept so far. */
  extra?: readonly ExtraAttribute[];
}

/** Keeps the attribute at `at` in `extra`; with `strict`, refuses it. */
export function keepUnknown(target: ExtraTarget, view: WireView, at: number, strict: boolean): void {
  keep(target, view, at, 'unknown', strict);
}

/** Keeps an attribute that could not be decoded because of `error` in `extra`; with `strict`, rethrows the error. */
export function keepMalformed(
  target: ExtraTarget,
  view: WireView,
  at: number,
  error: unknown,
  strict: boolean,
): void {
  if (strict || !(error instanceof NetlinkError)) throw error;
  keep(target, view, at, 'malformed', false);
}

/** Keeps an earlier attribute of the same type as the one at `at` in `extra`: the last one counts, as in the kernel. */
export function keepEarlier(
  target: ExtraTarget,
  view: WireView,
  start: number,
  at: number,
  strict: boolean,
): void {
  const type = typeAt(view, at) & NLA_TYPE_MASK;
  keep(target, view, placesOf(target, view, start, at).get(type) ?? start, 'repeated', strict);
}

/** The last offset of each type among the attributes of an object that were scanned so far. */
interface Seen {
  readonly places: Map<number, number>;
  next: number;
}

/** Only objects with repetitions have an entry. */
const seen = new WeakMap<object, Seen>();

/** The last place before `at` of each type. Looks at each attribute once, however many repetitions there are. */
function placesOf(target: object, view: WireView, start: number, at: number): ReadonlyMap<number, number> {
  let known = seen.get(target);
  if (known === undefined) {
    known = { places: new Map(), next: start };
    seen.set(target, known);
  }
  while (known.next < at) {
    known.places.set(typeAt(view, known.next) & NLA_TYPE_MASK, known.next);
    known.next += align4(lengthAt(view, known.next));
  }
  return known.places;
}

/** Writes attributes that the specification does not have. */
export function writeExtra(writer: WireWriter, extra: readonly ExtraInput[]): void {
  extra.forEach((attribute, index) => {
    try {
      writeOne(writer, objectOf(attribute));
    } catch (error) {
      throw within('extra', within(index, error));
    }
  });
}

function writeOne(writer: WireWriter, { type, flags = 0, payload }: ExtraInput): void {
  if (!Number.isInteger(type) || type < 0 || type > NLA_TYPE_MASK) {
    throw invalidArgument(`type must be an integer from 0 to ${NLA_TYPE_MASK}, got ${String(type)}`);
  }
  if (!Number.isInteger(flags) || (flags & ~FLAGS) !== 0) {
    throw invalidArgument(`flags must be NLA_F_NESTED, NLA_F_NET_BYTEORDER or both, got ${String(flags)}`);
  }
  writer.binary(type | flags, payload);
}

/** The error for a payload too short for its type. */
export function tooShort(size: number, needed: number): never {
  throw malformed(`the payload must have at least ${needed} bytes, got ${size}`);
}

/** The error for an attribute that does not fit into its container. */
export function brokenAttribute(at: number, length: number, end: number): never {
  throw malformed(`the attribute at byte ${at} claims ${length} bytes, and ${end - at} are left`);
}

function keep(
  target: ExtraTarget,
  view: WireView,
  at: number,
  reason: ExtraAttribute['reason'],
  strict: boolean,
): void {
  const type = typeAt(view, at);
  if (strict) throw malformed(`attribute ${type & NLA_TYPE_MASK} at byte ${at} is ${reason}`);
  const extra: ExtraAttribute = {
    type: type & NLA_TYPE_MASK,
    flags: type & ~NLA_TYPE_MASK,
    payload: view.binary(at + NLA_HDRLEN, at + lengthAt(view, at)),
    reason,
  };
  if (target.extra === undefined) target.extra = [extra];
  else (target.extra as ExtraAttribute[]).push(extra);
}

function lengthAt(view: WireView, at: number): number {
  return view.data.getUint16(at, LITTLE_ENDIAN_HOST);
}

function typeAt(view: WireView, at: number): number {
  return view.data.getUint16(at + 2, LITTLE_ENDIAN_HOST);
}
