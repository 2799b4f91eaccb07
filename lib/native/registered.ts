let addon: unknown;

/**
 * Uses this addon instead of looking for a file. `exports` is what `process.dlopen` or `require` returned for a `.node` file
 * of the same version of this package. Call it before the first socket is opened; later calls have no effect.
 */
export function registerAddon(exports: unknown): void {
  addon = exports;
}

export function registeredAddon(): unknown {
  return addon;
}
