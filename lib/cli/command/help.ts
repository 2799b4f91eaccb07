import type { CommandDescription } from './command.js';
import { optionRows, positionalRows, synopsis } from './synopsis.js';
import { wrap, wrapParagraphs } from './wrap.js';

/** What `--help` prints for a terminal of this width. */
export function helpText(command: CommandDescription, width = lineWidth()): string {
  const { description, notes, options, positionals } = command;
  const sections = [
    [`Usage: ${synopsis(command)}`],
    wrapParagraphs(description, width),
    ...section('Arguments:', positionalRows(positionals), width),
    ...section('Options:', optionRows(options), width),
    ...(notes === undefined ? [] : [wrapParagraphs(notes, width)]),
  ];
  return sections.map((lines) => lines.join('\n')).join('\n\n');
}

/** Names on the left, their texts wrapped on the right. */
export function definitions(rows: readonly (readonly [string, string])[], width = lineWidth()): string[] {
  const indent = Math.max(...rows.map(([name]) => name.length)) + 4;
  return rows.flatMap(([name, text]) =>
    wrap(text, Math.max(width - indent, 30)).map((line, index) =>
      index === 0 ? `  ${name}`.padEnd(indent) + line : ' '.repeat(indent) + line,
    ),
  );
}

/** As wide as the terminal, within limits that are easy to read. */
export function lineWidth(): number {
  const columns = process.stdout.isTTY ? process.stdout.columns : 100;
  return Math.min(Math.max(columns, 40), 120);
}

function section(
  title: string,
  rows: readonly (readonly [string, string])[],
  width: number,
): (readonly string[])[] {
  return rows.length === 0 ? [] : [[title, ...definitions(rows, width)]];
}
