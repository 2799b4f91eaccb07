// The arguments of every command, one a line; the first byte says which command.
import { type Command, defineCommand } from '#lib/cli/command/command';
import { parse } from '#lib/cli/command/parse';
import { UsageError } from '#lib/cli/command/usage-error';
import { command as call } from '#lib/cli/commands/do';
import { command as decode } from '#lib/cli/commands/decode';
import { command as dump } from '#lib/cli/commands/dump';
import { command as endpoints } from '#lib/cli/commands/endpoints';
import { command as families } from '#lib/cli/commands/families';
import { command as generate } from '#lib/cli/commands/generate';
import { command as listen } from '#lib/cli/commands/listen';
import { command as study } from '#lib/cli/commands/study';
import { command as trace } from '#lib/cli/commands/trace';
import { command as vm } from '#lib/cli/commands/vm';
import { bytesOf, type Target, textOf } from '../target';

const commands: readonly Command[] = [
  ...[call, decode, dump, endpoints, families, generate, listen, study, trace, vm],
  defineCommand({
    ...{ name: 'none', summary: '', description: '', options: {}, positionals: {} },
    run: () => Promise.resolve(0),
  }),
];

const words = commands.flatMap(({ options }) =>
  Object.entries(options).flatMap(([name, { short, byDefault = '1' }]) => [
    `\n--${name}\n`,
    `\n--${name}=${byDefault}\n`,
    ...(short === undefined ? [] : [`\n-${short}\n`]),
  ]),
);

export const target: Target = {
  name: 'arguments',
  seeds: commands.flatMap((_, index) =>
    ['', 'rt-link\ngetlink\n{}', '--\n-x', '-', '--constructor', '--__proto__=1'].map((text) =>
      Uint8Array.from([index, ...bytesOf(text)]),
    ),
  ),
  words: [...new Set(words), '\n', '=', '--', '-', 'rt-link', '0.5', '1e9', '-1', ','],
  longest: 4096,
  // An option that is not known is compared with all that are, letter by letter.
  work: { least: 50_000, perByte: 3000 },
  run(input) {
    const command = commands[(input[0] ?? 0) % commands.length];
    if (command === undefined) return;
    try {
      parse(command, textOf(input.subarray(1)).split('\n'));
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
    }
  },
};
