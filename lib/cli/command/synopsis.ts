import type { CommandDescription } from './command.js';
import type { Option, Options } from './option.js';
import type { Positional, Positionals } from './positional.js';

/** Every command has it. */
export const helpOption: Option<boolean> = {
  summary: 'print this help',
  short: 'h',
  read: (given) => given.length > 0,
};

export function withHelp(options: Options): Options {
  return { ...options, help: helpOption };
}

/** `nlctl do (FAMILY | --spec FILE) OPERATION [REQUEST] [OPTION…]` */
export function synopsis({ name, options, positionals }: CommandDescription): string {
  const all = Object.values(positionals);
  const runsCommand = all.some(({ complete }) => complete === 'command');
  const places = all.map((positional) => place(positional, options));
  const optionPart = Object.keys(options).length === 0 ? [] : ['[OPTION…]'];
  const parts = runsCommand ? [...optionPart, '--', ...places] : [...places, ...optionPart];
  return [name, ...parts].join(' ');
}

function place({ name, least, isRepeatable, insteadOf }: Positional<unknown>, options: Options): string {
  const many = isRepeatable ? `${name}…` : name;
  if (insteadOf !== undefined) return `(${many} | --${insteadOf} ${options[insteadOf]?.value ?? ''})`;
  return least === 0 ? `[${many}]` : many;
}

/** `-o, --output FILE` */
export function optionTitle(name: string, { short, value, whenBare }: Option<unknown>): string {
  const separator = whenBare === undefined ? ' ' : '[=';
  const end = whenBare === undefined ? '' : ']';
  const long = value === undefined ? `--${name}` : `--${name}${separator}${value}${end}`;
  return short === undefined ? `    ${long}` : `-${short}, ${long}`;
}

export function optionText({ summary, byDefault, whenBare, isRepeatable }: Option<unknown>): string {
  return [
    summary,
    ...(isRepeatable === true ? ['; may be repeated'] : []),
    ...(whenBare === undefined ? [] : [`; ${whenBare} without a value`]),
    ...(byDefault === undefined ? [] : [` (default ${byDefault})`]),
  ].join('');
}

export function positionalRows(positionals: Positionals): (readonly [string, string])[] {
  return Object.values(positionals).map(({ name, summary }) => [name, summary] as const);
}

export function optionRows(options: Options): (readonly [string, string])[] {
  return Object.entries(withHelp(options)).map(
    ([name, each]) => [optionTitle(name, each), optionText(each)] as const,
  );
}
