let addon: unknown;

/** Sets the addon to use instead of looking for a file. The entries `afnetlink/addon/*` call this, for bundlers. */
export function registerAddon(loaded: unknown): void {
  addon = loaded;
}

export function registeredAddon(): unknown {
  return addon;
}
