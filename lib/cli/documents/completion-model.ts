import type { CommandDescription } from '../command/command.js';
import { withHelp } from '../command/synopsis.js';
import type { Completion } from '../command/values.js';

/** What a shell offers at a place: a kind of name, words, or nothing. */
export type Offer = 'file' | 'folder' | 'command' | 'nothing' | readonly string[];

export interface CompletedOption {
  readonly long: string;
  readonly short: string | undefined;
  readonly summary: string;
  readonly isRepeatable: boolean;
  /** The name of the value and its completions; undefined for a flag. */
  readonly value:
    { readonly name: string; readonly offer: Offer; readonly mayBeLeftOut: boolean } | undefined;
}

export interface CompletedPlace {
  readonly name: string;
  readonly offer: Offer;
  readonly isRepeatable: boolean;
  /** The option that makes the shell skip this place. */
  readonly insteadOf: string | undefined;
}

/** A command in the form that the scripts for all shells are generated from. */
export interface CompletedCommand {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly CompletedOption[];
  readonly places: readonly CompletedPlace[];
}

export function completed({ name, summary, options, positionals }: CommandDescription): CompletedCommand {
  return {
    name,
    summary,
    options: Object.entries(withHelp(options)).map(([long, option]) => ({
      long,
      short: option.short,
      summary: option.summary,
      isRepeatable: option.isRepeatable === true,
      value:
        option.value === undefined
          ? undefined
          : {
              name: option.value,
              offer: offer(option.complete),
              mayBeLeftOut: option.whenBare !== undefined,
            },
    })),
    places: Object.values(positionals).map((positional) => ({
      name: positional.name,
      offer: offer(positional.complete),
      isRepeatable: positional.isRepeatable,
      insteadOf: positional.insteadOf,
    })),
  };
}

function offer(completion: Completion | undefined): Offer {
  if (completion === undefined) return 'nothing';
  return typeof completion === 'function' ? completion() : completion;
}

/** Quotes text in single quotes, as bash and zsh read them. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
