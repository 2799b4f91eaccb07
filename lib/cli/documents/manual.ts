import type { CommandDescription } from '../command/command.js';
import { optionRows, positionalRows, synopsis } from '../command/synopsis.js';
import { isVerbatim, paragraphs, wrap } from '../command/wrap.js';
import { programOptions, shortName } from './overview.js';

/** The manual page of nlctl with all its subcommands, as source for man(1). */
export function programManual(commands: readonly CommandDescription[], version: string): string {
  return [
    title('nlctl', version),
    ...section('NAME', [String.raw`nlctl \- use netlink from the command line`]),
    ...section('SYNOPSIS', ['.B nlctl', plain('SUBCOMMAND [ARGUMENT…] [OPTION…]')]),
    ...section('DESCRIPTION', [
      ...filled(
        'Makes requests to the netlink families of the Linux kernel, and shows their answers, events and sockets.',
      ),
      ...rows(programOptions),
    ]),
    ...section(
      'SUBCOMMANDS',
      commands.flatMap((command) => [
        `.SS ${shortName(command)}`,
        '.B',
        plain(synopsis(command)),
        '.PP',
        ...body(command),
      ]),
    ),
    ...section('EXIT STATUS', [
      ...filled(
        '0 on success, 2 if the arguments are wrong, 1 on any other error; vm and trace exit as their COMMAND does.',
      ),
    ]),
    ...section('SEE ALSO', ['.BR nl_recv (1),', '.BR netlink (7)']),
  ].join('\n');
}

/** The manual page of one command. */
export function commandManual(command: CommandDescription, version: string): string {
  return [
    title(command.name.replaceAll(' ', '-'), version),
    ...section('NAME', [plain(`${command.name.replaceAll(' ', '-')} - ${command.summary}`)]),
    ...section('SYNOPSIS', ['.B', plain(synopsis(command))]),
    ...section('DESCRIPTION', body(command)),
    ...section('SEE ALSO', ['.BR nlctl (1),', '.BR netlink (7)']),
  ].join('\n');
}

function title(name: string, version: string): string {
  return `.TH ${name.toUpperCase()} 1 "" "afnetlink ${version}" "User Commands"`;
}

function section(name: string, lines: readonly string[]): string[] {
  return [`.SH ${name}`, ...lines];
}

function body({ description, notes, options, positionals }: CommandDescription): string[] {
  return [
    ...text(description),
    ...rows(positionalRows(positionals)),
    ...rows(optionRows(options)),
    ...(notes === undefined ? [] : ['.PP', ...text(notes)]),
  ];
}

function text(source: string): string[] {
  return paragraphs(source).flatMap((paragraph, index) => [
    ...(index === 0 ? [] : ['.PP']),
    ...(isVerbatim(paragraph) ? ['.nf', ...paragraph.split('\n').map(plain), '.fi'] : filled(paragraph)),
  ]);
}

function rows(all: readonly (readonly [string, string])[]): string[] {
  return all.flatMap(([name, summary]) => ['.TP', '.B', plain(name.trim()), ...filled(summary)]);
}

/** Lines of the source, which man(1) refills. */
function filled(paragraph: string): string[] {
  return wrap(paragraph, 72).map(plain);
}

/** Text that man(1) shows as it is. A line that begins with a point or an apostrophe would be a request. */
function plain(line: string): string {
  const escaped = line
    .replaceAll('\\', String.raw`\e`)
    .replaceAll('-', String.raw`\-`)
    .replaceAll('…', '...');
  return /^\s*['.]/.test(escaped) ? `\\&${escaped}` : escaped;
}
