import type { Command } from '../command/command.js';

/** The subcommands of nlctl. Each is loaded only when it is needed. */
export const subcommands: Readonly<Record<string, () => Promise<Command>>> = {
  completion: async () => (await import('./completion.js')).completionCommand(allCommands),
  decode: async () => (await import('./decode.js')).command,
  do: async () => (await import('./do.js')).command,
  dump: async () => (await import('./dump.js')).command,
  endpoints: async () => (await import('./endpoints.js')).command,
  families: async () => (await import('./families.js')).command,
  generate: async () => (await import('./generate.js')).command,
  help: async () => (await import('./help.js')).helpCommand(subcommandNames(), allCommands),
  listen: async () => (await import('./listen.js')).command,
  study: async () => (await import('./study.js')).command,
  trace: async () => (await import('./trace.js')).command,
  vm: async () => (await import('./vm.js')).command,
};

export function subcommandNames(): string[] {
  return Object.keys(subcommands);
}

export function allCommands(): Promise<Command[]> {
  return Promise.all(Object.values(subcommands).map((load) => load()));
}
