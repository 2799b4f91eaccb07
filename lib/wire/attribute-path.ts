import { align4, LITTLE_ENDIAN_HOST } from './byte-order.js';
import { NLA_F_NESTED, NLA_HDRLEN, NLA_TYPE_MASK } from './constants.js';
import { DEEPEST_NEST } from './depth.js';
import type { AttributeDescription, AttributeScope, AttributeSet } from './description.js';
import { AttributeReader } from './attributes.js';
import type { WireView } from './view.js';

/** An attribute found in a message: its path, and what may lie inside. */
export interface LocatedAttribute {
  /** The attribute's place in the request, as a property path. */
  readonly path: string;
  /** The set of the attributes inside it. */
  readonly inside: AttributeSet | undefined;
}

/** The attributes from `start` on, as the scope of those nested in them. */
export function attributeScope(
  view: WireView,
  start: number,
  end: number,
  outer?: AttributeScope,
): AttributeScope {
  return {
    outer,
    text(type) {
      const reader = new AttributeReader(view, start, end);
      while (reader.next()) if (reader.type === type) return reader.string();
      return undefined;
    },
  };
}

/** The set inside a nested attribute, if it is known. */
export function nestedSet(
  description: AttributeDescription | undefined,
  scope: AttributeScope,
): AttributeSet | undefined {
  const nested = description?.nested;
  return typeof nested === 'function' ? nested(scope) : nested;
}

/**
 * The attribute at byte `target` of a message whose attributes begin at `start`: `linkinfo.data.mtu`. Attributes that
 * `set` does not describe are shown by their number. Undefined if no attribute lies there.
 */
export function locateAttribute(
  view: WireView,
  start: number,
  end: number,
  target: number,
  set: AttributeSet | undefined,
): LocatedAttribute | undefined {
  return locate(view, start, end, target, {
    set,
    scope: attributeScope(view, start, end),
    isArray: false,
    depth: 0,
  });
}

interface Surroundings {
  readonly set: AttributeSet | undefined;
  readonly scope: AttributeScope;
  readonly isArray: boolean;
  readonly depth: number;
}

function locate(
  view: WireView,
  start: number,
  end: number,
  target: number,
  around: Surroundings,
): LocatedAttribute | undefined {
  for (let at = start; end - at >= NLA_HDRLEN;) {
    const attributeEnd = at + view.attributeLength(at, end);
    if (target >= at && target < attributeEnd) return locateIn(view, at, attributeEnd, target, around);
    at = align4(attributeEnd - start) + start;
  }
  return undefined;
}

function locateIn(
  view: WireView,
  at: number,
  end: number,
  target: number,
  { set, scope, isArray, depth }: Surroundings,
): LocatedAttribute {
  const type = view.data.getUint16(at + 2, LITTLE_ENDIAN_HOST);
  const number = type & NLA_TYPE_MASK;
  const description = isArray ? undefined : set?.[number];
  const inside = isArray ? set : nestedSet(description, scope);
  const name = isArray ? `[${number}]` : (description?.name ?? String(number));
  const start = at + NLA_HDRLEN;
  const isNested = inside !== undefined || (description === undefined && (type & NLA_F_NESTED) !== 0);
  if (target === at || !isNested || depth === DEEPEST_NEST) return { path: name, inside };
  const found = locate(view, start, end, target, {
    set: inside,
    scope: isArray ? scope : attributeScope(view, start, end, scope),
    isArray: description?.kind === 'indexed-array',
    depth: depth + 1,
  });
  return found === undefined
    ? { path: name, inside }
    : { path: joinPath(name, found.path), inside: found.inside };
}

/** `a` and `b` make `a.b`; `a` and `[1].b` make `a[1].b`. */
export function joinPath(outer: string, inner: string): string {
  if (outer === '') return inner;
  return inner.startsWith('[') ? outer + inner : `${outer}.${inner}`;
}
