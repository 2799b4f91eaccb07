import type { CommandDescription } from '../command/command.js';
import { completed, type CompletedCommand, type Offer } from './completion-model.js';
import { shortName } from './overview.js';

/** The script that `nlctl completion fish` prints. */
export function fishCompletion(commands: readonly CommandDescription[]): string {
  const subcommands = commands.filter(({ name }) => name.startsWith('nlctl '));
  const programs = commands.filter(({ name }) => !name.startsWith('nlctl '));
  return `# Completes nlctl and nl_recv in fish. Printed by: nlctl completion fish

# Whether this number of arguments precedes the cursor, not counting options and their values. A minus sign: or more.
function __nlctl_place --argument-names program subcommand place skips
  set -l valued $argv[5..]
  set -l words (commandline -opc)[2..]
  if test -n "$subcommand"
    test "$words[1]" = "$subcommand"; or return 1
    set -e words[1]
  end
  set -l count 0
  set -l is_value 0
  set -l ended 0
  for word in $words
    if test $is_value = 1
      set is_value 0
    else if test $ended = 1; or not string match -q -- '-*' $word
      set count (math $count + 1)
    else if test "$word" = --
      set ended 1
    else
      contains -- $word $valued; and set is_value 1
      test (string replace -r '=.*' '' -- $word) = "$skips"; and set count (math $count + 1)
    end
  end
  if string match -q -- '*-' $place
    test $count -ge (string replace -- - '' $place)
  else
    test $count -eq $place
  end
end

complete -c nlctl -f
${programs.map(({ name }) => `complete -c ${name} -f`).join('\n')}
complete -c nlctl -n __fish_use_subcommand -s h -l help -d 'print help'
complete -c nlctl -n __fish_use_subcommand -s V -l version -d 'print the version'
${subcommands.map((each) => `complete -c nlctl -n __fish_use_subcommand -a ${shortName(each)} -d ${quoted(each.summary)}`).join('\n')}
${subcommands.flatMap((each) => lines('nlctl', shortName(each), completed(each))).join('\n')}
${programs.flatMap((each) => lines(each.name, '', completed(each))).join('\n')}
`;
}

function lines(program: string, subcommand: string, { options, places }: CompletedCommand): string[] {
  const condition = subcommand === '' ? '' : ` -n '__fish_seen_subcommand_from ${subcommand}'`;
  const start = `complete -c ${program}`;
  const valued = options.flatMap(({ long, short, value }) => {
    if (value === undefined || value.mayBeLeftOut) return [];
    return [`--${long}`, ...(short === undefined ? [] : [`-${short}`])];
  });
  return [
    ...options.map(({ long, short, summary, value }) => {
      const names = `${short === undefined ? '' : ` -s ${short}`} -l ${long}`;
      const argument = value === undefined || value.mayBeLeftOut ? '' : ` -r ${action(value.offer)}`;
      return `${start}${condition}${names}${argument} -d ${quoted(summary)}`;
    }),
    ...places.flatMap(({ offer, isRepeatable }, index) => {
      if (offer === 'nothing') return [];
      const skips = places.find(({ insteadOf }) => insteadOf !== undefined)?.insteadOf;
      const place = `${index}${isRepeatable ? '-' : ''}`;
      const parts = [
        program,
        `"${subcommand}"`,
        place,
        `"${skips === undefined ? '' : `--${skips}`}"`,
        ...valued,
      ];
      return [`${start} -n '__nlctl_place ${parts.join(' ')}' ${action(offer)}`];
    }),
  ];
}

function action(offer: Offer): string {
  if (typeof offer !== 'string')
    return `-f -a ${quoted(offer.map((word) => word.replaceAll(' ', '\\ ')).join(' '))}`;
  const actions = {
    file: '-F',
    folder: "-f -a '(__fish_complete_directories)'",
    command: "-f -a '(__fish_complete_command)'",
    nothing: '-f',
  };
  return actions[offer];
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
