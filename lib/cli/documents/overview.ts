import type { CommandDescription } from '../command/command.js';
import { definitions } from '../command/help.js';

/** The options of nlctl itself, besides its subcommands. */
export const programOptions = [
  ['-h, --help', 'print this help'],
  ['-V, --version', 'print the version of afnetlink'],
] as const;

/** `do` of `nlctl do`. */
export function shortName({ name }: CommandDescription): string {
  return name.slice(name.lastIndexOf(' ') + 1);
}

/** What `nlctl --help` prints. */
export function overview(commands: readonly CommandDescription[]): string {
  return [
    'Usage: nlctl SUBCOMMAND [ARGUMENT…] [OPTION…]',
    '',
    ...definitions(commands.map((command) => [shortName(command), command.summary])),
    '',
    ...definitions(programOptions),
    '',
    "Run 'nlctl help SUBCOMMAND' for one of them.",
  ].join('\n');
}
