import { VmError } from './errors.js';

/** The names of an options type: the compiler refuses a list that lacks one, or has one too many. */
export type OptionNames<Options extends object> = { readonly [Name in keyof Required<Options>]: true };

/** Refuses an option of another name, so that a misspelt one is not ignored: ERR_VM_INVALID_ARGUMENT. */
export function checkOptions<Options extends object>(
  where: string,
  options: Options,
  known: OptionNames<Options>,
): void {
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(known, name));
  if (unknown === undefined) return;
  throw new VmError(
    'ERR_VM_INVALID_ARGUMENT',
    `${where}: unknown option '${unknown}' (expected one of ${Object.keys(known).join(', ')})`,
  );
}
