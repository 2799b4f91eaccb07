import { parseDocument } from 'yaml';
import { checkOptions, type KnownNames, namesOf } from '../known-names.js';
import { checkSize } from './check-size.js';
import { repaired } from './fixups/index.js';
import { interpretedFamily } from './interpreter/family.js';
import type { FamilySpec } from './model.js';
import { normalise } from './normalise/index.js';
import { specError } from './spec-error.js';
import type { Family } from './runtime/family.js';

/** Options of `loadFamily`. */
export interface LoadOptions {
  /** The file name that errors show. Default: `'spec'`. */
  readonly file?: string;
  /**
   * Which known defects of the kernel's own specs are repaired: those that are present (`'present'`, the default),
   * none (`'none'`), or all known ones, each of which must be present (`'strict'`).
   */
  readonly fixups?: 'present' | 'none' | 'strict';
}

const OPTIONS: KnownNames = namesOf<LoadOptions>({ file: true, fixups: true });

/**
 * Reads a specification in the kernel's YAML format (Documentation/netlink/specs) into the normalised form.
 *
 * @param source the YAML text, or an object of the same shape
 * @throws {NetlinkError} `ERR_NETLINK_INVALID_SPEC`, naming the file, the path in it and the reason
 */
export function readSpec(source: string | object, options: LoadOptions = {}): FamilySpec {
  checkOptions('readSpec', options, OPTIONS);
  const { file = 'spec', fixups = 'present' } = options;
  const parsed: unknown = typeof source === 'string' ? parseYaml(source, file) : source;
  checkSize(parsed, file);
  const spec = fixups === 'none' ? parsed : repaired(parsed, file, { strict: fixups === 'strict' });
  return normalise(spec, file);
}

/**
 * Creates a family from a specification, for `openFamily`. Use it for your own protocols, and for kernels whose
 * specifications differ from those that this package was generated from.
 *
 * ```ts
 * const family = loadFamily(readFileSync('my-family.yaml', 'utf8'));
 * await using client = await openFamily(family);
 * ```
 */
export function loadFamily(source: string | object, options: LoadOptions = {}): Family {
  checkOptions('loadFamily', options, OPTIONS);
  return interpretedFamily(readSpec(source, options));
}

/** The parser only warns of an unknown tag and of a key that is not text: here both are errors. */
function parseYaml(text: string, file: string): unknown {
  try {
    const document = parseDocument(text, { stringKeys: true });
    const [wrong] = [...document.errors, ...document.warnings];
    if (wrong !== undefined) throw wrong;
    // The kernel's specs repeat lists by aliases, so many aliases do not indicate an attack.
    return document.toJS({ maxAliasCount: -1 }) as unknown;
  } catch (error) {
    throw specError({ file, path: '' }, `not valid YAML: ${error instanceof Error ? error.message : ''}`);
  }
}
