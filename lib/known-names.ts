import { invalidArgument } from './errors.js';

/** How many known names a message lists. */
const MOST_LISTED = 20;

/** The names that an object may have. Made by {@link namesOf}. */
export type KnownNames = Readonly<Record<string, true | undefined>>;

/**
 * The names of an options type. The compiler refuses a list that lacks a name or has a wrong one.
 *
 * ```ts
 * const CALL_OPTIONS = namesOf<CallOptions>({ signal: true, timeout: true, onWarning: true });
 * ```
 */
export function namesOf<Options extends object>(names: {
  readonly [Name in keyof Required<Options>]: true;
}): KnownNames {
  // Without a prototype: 'constructor' and the like are unknown as well.
  return Object.assign(Object.create(null) as object, names);
}

/**
 * Refuses an object with an unknown option, so that a misspelt one is not ignored. Inherited names
 * count, since reading the option finds them too.
 *
 * @param where the function that the options are for
 * @throws {NetlinkError} `ERR_NETLINK_INVALID_ARGUMENT`: `openSocket: unknown option 'protcol' (did you mean 'protocol'?)`
 */
export function checkOptions(where: string, options: object, known: KnownNames): void {
  if (typeof options !== 'object' || (options as unknown) === null) throw notAnObject(where, options);
  for (const name in options) if (known[name] === undefined) throw unknownOption(where, name, known);
}

/**
 * The end of an error's sentence about an unknown name: ` (did you mean 'mtu'?)` if a known one is close, otherwise
 * ` (expected one of …)`. Upper case, hyphens and underscores make no difference.
 */
export function suggestion(name: string, known: Iterable<string>): string {
  const names = [...known];
  const close = closest(name, names);
  if (close !== undefined) return ` (did you mean '${close}'?)`;
  if (names.length === 0) return '';
  const more = names.length > MOST_LISTED ? ', …' : '';
  return ` (expected one of ${names.slice(0, MOST_LISTED).join(', ')}${more})`;
}

function notAnObject(where: string, options: unknown): Error {
  const given = typeof options === 'string' ? `'${options}'` : String(options);
  return invalidArgument(`${where}: options must be an object, got ${given}`);
}

function unknownOption(where: string, name: string, known: KnownNames): Error {
  return invalidArgument(`${where}: unknown option '${name}'${suggestion(name, Object.keys(known))}`);
}

/** The known name that needs the fewest edits, if these are at most a third of its letters. */
function closest(name: string, known: readonly string[]): string | undefined {
  const wanted = bare(name);
  let best: string | undefined;
  let fewest = Infinity;
  for (const candidate of known) {
    const letters = bare(candidate);
    const limit = Math.max(1, Math.floor(letters.length / 3));
    if (Math.abs(letters.length - wanted.length) > limit) continue;
    const edits = distance(wanted, letters, Math.min(limit, fewest));
    if (edits > limit || edits >= fewest) continue;
    best = candidate;
    fewest = edits;
  }
  return best;
}

function bare(name: string): string {
  return name.toLowerCase().replace(/[-_]/g, '');
}

/**
 * Optimal string alignment: how many letters to insert, remove or replace, and neighbours to swap, to turn `from` into `to`.
 * More than `most` is Infinity, found early: a family can have hundreds of names.
 */
function distance(from: string, to: string, most: number): number {
  const rows: number[][] = [Array.from({ length: to.length + 1 }, (_, column) => column)];
  const at = (row: number, column: number): number => rows[row]?.[column] ?? 0;
  let fewestBefore = 0;
  for (let row = 1; row <= from.length; row++) {
    rows.push([row]);
    let fewest = row;
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1];
      let edits = Math.min(
        at(row - 1, column) + 1,
        at(row, column - 1) + 1,
        at(row - 1, column - 1) + Number(!same),
      );
      const swapped =
        row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (swapped) edits = Math.min(edits, at(row - 2, column - 2) + 1);
      rows[row]?.push(edits);
      fewest = Math.min(fewest, edits);
    }
    // A swap looks two rows back.
    if (fewest > most && fewestBefore > most) return Infinity;
    fewestBefore = fewest;
  }
  return at(from.length, to.length);
}
