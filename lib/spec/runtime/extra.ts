import { malformed, NetlinkError } from '../../errors.js';
import { align4, LITTLE_ENDIAN_HOST } from '../../wire/byte-order.js';
import { NLA_HDRLEN, NLA_TYPE_MASK } from '../../wire/constants.js';
import type { WireView } from '../../wire/view.js';
import type { WireWriter } from '../../wire/writer.js';

/** An attribute that a decoded object has no property for. */
export interface ExtraAttribute {
  /** Its number. */
  readonly type: number;
  /** NLA_F_NESTED and NLA_F_NET_BYTEORDER as the sender set them. */
  readonly flags: number;
  readonly payload: Uint8Array;
  /**
   * Why it is here: the specification does not know it (`unknown`), its payload is not what the specification says
   * (`malformed`), or a later one of the same type took its place (`repeated`).
   */
  readonly reason: 'unknown' | 'malformed' | 'repeated';
}

/** Everything decoded from attributes can have some that no property stands for. */
export interface Decoded {
  readonly extra?: readonly ExtraAttribute[];
}

/** Attributes to send beyond those that the specification has. */
export interface ExtraInput {
  readonly type: number;
  readonly flags?: number;
  readonly payload: Uint8Array;
}

/** Everything made of attributes to send can have more than its properties say. */
export interface ExtraInputs {
  readonly extra?: readonly ExtraInput[] | undefined;
}

interface Target {
  extra?: readonly ExtraAttribute[];
}

/** Keeps the attribute at `at` in `extra`, or with `strict` refuses it. */
export function keepUnknown(target: Target, view: WireView, at: number, strict: boolean): void {
  keep(target, view, at, 'unknown', strict);
}

/** Keeps the attribute that could not be decoded because of `error` in `extra`, or with `strict` passes the error on. */
export function keepMalformed(
  target: Target,
  view: WireView,
  at: number,
  error: unknown,
  strict: boolean,
): void {
  if (strict || !(error instanceof NetlinkError)) throw error;
  keep(target, view, at, 'malformed', false);
}

/** Keeps what came earlier of the type of the attribute at `at` in `extra`: the last one counts, as in the kernel. */
export function keepEarlier(
  target: Target,
  view: WireView,
  start: number,
  at: number,
  strict: boolean,
): void {
  const type = typeAt(view, at) & NLA_TYPE_MASK;
  let earlier = start;
  for (let place = start; place < at; place += align4(lengthAt(view, place))) {
    if ((typeAt(view, place) & NLA_TYPE_MASK) === type) earlier = place;
  }
  keep(target, view, earlier, 'repeated', strict);
}

export function writeExtra(writer: WireWriter, extra: readonly ExtraInput[]): void {
  for (const { type, flags = 0, payload } of extra) writer.binary(type | flags, payload);
}

/** The error for a payload too short for its type. */
export function tooShort(size: number, needed: number): never {
  throw malformed(`the payload must have at least ${needed} bytes, got ${size}`);
}

/** The error for an attribute that does not fit into what surrounds it. */
export function brokenAttribute(at: number, length: number, end: number): never {
  throw malformed(`the attribute at byte ${at} claims ${length} bytes, and ${end - at} are left`);
}

function keep(
  target: Target,
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
  target.extra = target.extra === undefined ? [extra] : [...target.extra, extra];
}

function lengthAt(view: WireView, at: number): number {
  return view.data.getUint16(at, LITTLE_ENDIAN_HOST);
}

function typeAt(view: WireView, at: number): number {
  return view.data.getUint16(at + 2, LITTLE_ENDIAN_HOST);
}
