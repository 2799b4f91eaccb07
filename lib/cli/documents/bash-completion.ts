import type { CommandDescription } from '../command/command.js';
import { completed, type CompletedCommand, type Offer, quoted } from './completion-model.js';
import { programOptions, shortName } from './overview.js';

/** The script that `nlctl completion bash` prints. */
export function bashCompletion(commands: readonly CommandDescription[]): string {
  return `# Completes nlctl and nl_recv in bash. Printed by: nlctl completion bash

# Sets what is known of a command: options, values (what each option's value is), places (what each argument is), and
# skips (the option that takes the place of the first argument).
_nlctl_describe() {
  case $1 in
${commands.map(completed).map(describe).join('\n')}
    nlctl)
      options=${quoted(programOptions.flatMap(([name]) => name.split(', ')).join(' '))}
      places=(${quoted(subcommands(commands).join(' '))}) ;;
  esac
}

_nlctl_offer() {
  case $1 in
    '' | nothing) ;;
    file) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$2") ;;
    folder) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- "$2") ;;
    command) mapfile -t COMPREPLY < <(compgen -c -- "$2") ;;
    *) mapfile -t COMPREPLY < <(compgen -W "$1" -- "$2") ;;
  esac
}

_nlctl() {
  local word=\${COMP_WORDS[COMP_CWORD]} command=\${COMP_WORDS[0]##*/} start=1 at place=0 ended=
  local options= skips=
  local -A values=()
  local -a places=()
  COMPREPLY=()
  if [[ $command == nlctl && $COMP_CWORD -gt 1 ]]; then
    command="nlctl \${COMP_WORDS[1]}"
    start=2
  fi
  _nlctl_describe "$command"
  for ((at = start; at < COMP_CWORD; at++)); do
    local before=\${COMP_WORDS[at]}
    if [[ $ended || $before != -?* ]]; then
      ((place++))
    elif [[ $before == -- ]]; then
      ended=1
    else
      [[ $before == "$skips" ]] && ((place++))
      # bash splits --name=value at the equals sign.
      if [[ \${COMP_WORDS[at + 1]} == = ]]; then
        ((at += 2))
      elif [[ \${values[$before]} ]]; then
        ((at++))
      fi
      if ((at >= COMP_CWORD)); then
        [[ $word == = ]] && word=
        _nlctl_offer "\${values[$before]}" "$word"
        return
      fi
    fi
  done
  if [[ ! $ended && $word == -* ]]; then
    _nlctl_offer "$options" "$word"
  elif ((\${#places[@]} > 0)); then
    # The last place is that of all further arguments, if it is repeated; those of a command are files.
    local last=$((\${#places[@]} - 1))
    if ((place <= last)); then
      _nlctl_offer "\${places[place]%…}" "$word"
    elif [[ \${places[last]} == command… ]]; then
      _nlctl_offer file "$word"
    elif [[ \${places[last]} == *… ]]; then
      _nlctl_offer "\${places[last]%…}" "$word"
    fi
  fi
}

complete -F _nlctl nlctl nl_recv
`;
}

function subcommands(commands: readonly CommandDescription[]): string[] {
  return commands.filter(({ name }) => name.startsWith('nlctl ')).map(shortName);
}

function describe({ name, options, places }: CompletedCommand): string {
  const words = options.flatMap(({ long, short }) => [
    `--${long}`,
    ...(short === undefined ? [] : [`-${short}`]),
  ]);
  const values = options.flatMap(({ long, short, value }) => {
    if (value === undefined || value.mayBeLeftOut) return [];
    const of = quoted(action(value.offer));
    return [`[--${long}]=${of}`, ...(short === undefined ? [] : [`[-${short}]=${of}`])];
  });
  const skips = places.flatMap(({ insteadOf }) => (insteadOf === undefined ? [] : [`--${insteadOf}`]));
  return [
    `    ${quoted(name)})`,
    `      options=${quoted(words.join(' '))}`,
    `      values=(${values.join(' ')})`,
    ...skips.map((option) => `      skips=${option}`),
    `      places=(${places.map((place) => quoted(action(place.offer) + (place.isRepeatable ? '…' : ''))).join(' ')}) ;;`,
  ].join('\n');
}

function action(offer: Offer): string {
  return typeof offer === 'string'
    ? offer
    : offer.map((word) => (/\s/.test(word) ? `"${word}"` : word)).join(' ');
}
