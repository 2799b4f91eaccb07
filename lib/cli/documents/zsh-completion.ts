import type { CommandDescription } from '../command/command.js';
import {
  completed,
  type CompletedCommand,
  type CompletedOption,
  type CompletedPlace,
  type Offer,
  quoted,
} from './completion-model.js';
import { shortName } from './overview.js';

/** The script that `nlctl completion zsh` prints: it can be sourced, or put into a folder of $fpath as _nlctl. */
export function zshCompletion(commands: readonly CommandDescription[]): string {
  const subcommands = commands.filter(({ name }) => name.startsWith('nlctl '));
  const programs = commands.filter(({ name }) => !name.startsWith('nlctl '));
  const names = subcommands.map((command) => quoted(`${shortName(command)}:${command.summary}`));
  return `#compdef nlctl nl_recv
# Completes nlctl and nl_recv in zsh. Printed by: nlctl completion zsh

_nlctl() {
  local curcontext=$curcontext state line
  local -A opt_args
  _arguments -C '(- *)'{-h,--help}'[print help]' '(- *)'{-V,--version}'[print the version]' \\
    '1:subcommand:->subcommand' '*::argument:->argument'
  case $state in
    subcommand)
      local -a subcommands=(
        ${names.join('\n        ')}
      )
      _describe subcommand subcommands ;;
    argument)
      case $line[1] in
${subcommands.map((command) => `        ${shortName(command)}) ${specifications(completed(command), ' '.repeat(10))} ;;`).join('\n')}
      esac ;;
  esac
}
${programs.map((command) => `\n_${command.name}() {\n  ${specifications(completed(command), '    ')}\n}\n`).join('')}
if [[ $funcstack[1] == _nlctl ]]; then
  _nlctl "$@"
else
  compdef _nlctl nlctl
${programs.map(({ name }) => `  compdef _${name} ${name}`).join('\n')}
fi
`;
}

function specifications({ options, places }: CompletedCommand, indent: string): string {
  const all = [...options.map(optionSpecification), ...places.map(placeSpecification)];
  return ['_arguments -S', ...all].join(` \\\n${indent}`);
}

function optionSpecification({ long, short, summary, value, isRepeatable }: CompletedOption): string {
  const text = `[${summary.replace(/[[\]:\\]/g, '\\$&')}]`;
  const separator = value?.mayBeLeftOut === true ? '::' : ':';
  const end = value === undefined ? text : `${text}${separator}${value.name}:${action(value.offer)}`;
  const name = value === undefined ? long : value.mayBeLeftOut ? `${long}=-` : `${long}=`;
  if (short !== undefined) return `'(-${short} --${long})'{-${short},--${name}}${quoted(end)}`;
  return quoted(`${isRepeatable ? '*' : ''}--${name}${end}`);
}

function placeSpecification({ name, offer, isRepeatable, insteadOf }: CompletedPlace, index: number): string {
  if (isRepeatable) return quoted(offer === 'command' ? `*:::${name}:_normal` : `*:${name}:${action(offer)}`);
  return quoted(`${insteadOf === undefined ? '' : `(--${insteadOf})`}${index + 1}:${name}:${action(offer)}`);
}

function action(offer: Offer): string {
  if (typeof offer !== 'string') return `(${offer.map((word) => word.replaceAll(' ', '\\ ')).join(' ')})`;
  return { file: '_files', folder: '_files -/', command: '_command_names -e', nothing: '_message value' }[
    offer
  ];
}
