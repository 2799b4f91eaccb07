import type { Options, OptionValues } from './option.js';
import { parse } from './parse.js';
import type { Positionals, PositionalValues } from './positional.js';

/** A command or subcommand: help texts, shell completion and the manual page are made from this. */
export interface CommandDescription {
  /** The name as the user types it: `nlctl do`. */
  readonly name: string;
  /** What it does, in the imperative, in less than a line. */
  readonly summary: string;
  /** Paragraphs, separated by empty lines. Indented lines stay as they are. */
  readonly description: string;
  /** Paragraphs that follow the options. */
  readonly notes?: string;
  readonly options: Options;
  readonly positionals: Positionals;
  /** Whether it stops by itself when its output is closed, because it has something to clean up. */
  readonly watchesOutput?: boolean;
}

export interface Command extends CommandDescription {
  /** Runs with the arguments that follow its name; the result is the exit status. */
  run(args: readonly string[]): Promise<number>;
}

export interface Definition<O extends Options, P extends Positionals> extends CommandDescription {
  readonly options: O;
  readonly positionals: P;
  run(options: OptionValues<O>, positionals: PositionalValues<P>): Promise<number>;
}

export function defineCommand<O extends Options, P extends Positionals>(
  definition: Definition<O, P>,
): Command {
  return {
    ...definition,
    run(args) {
      const { options, positionals } = parse(definition, args);
      return definition.run(options, positionals);
    },
  };
}
