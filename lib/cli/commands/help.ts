import { type Command, type CommandDescription, defineCommand } from '../command/command.js';
import { helpText } from '../command/help.js';
import { flag } from '../command/option.js';
import { optional } from '../command/positional.js';
import { choice } from '../command/values.js';
import { commandManual, programManual } from '../documents/manual.js';
import { overview } from '../documents/overview.js';
import { nlRecvDescription } from '../nl-recv-description.js';
import { packageVersion } from '../package.js';

/** `nlctl help`, which describes all the other subcommands. */
export function helpCommand(names: readonly string[], load: () => Promise<readonly Command[]>): Command {
  const described = [...names, nlRecvDescription.name];
  return defineCommand({
    name: 'nlctl help',
    summary: 'explain nlctl, or one subcommand',
    description: 'Explains nlctl and its subcommands, or one of them; with --man as a page for man(1).',
    positionals: { topic: optional('a subcommand, or nl_recv', choice('SUBCOMMAND', described)) },
    options: { man: flag('print the source of a manual page, for man -l') },
    async run({ man }, { topic }) {
      const commands = await load();
      if (topic === undefined) {
        console.log(man ? programManual(commands, packageVersion()) : overview(commands));
        return 0;
      }
      const all: readonly CommandDescription[] = [...commands, nlRecvDescription];
      const found = all.find(({ name }) => name.split(' ').at(-1) === topic);
      if (found !== undefined) console.log(man ? commandManual(found, packageVersion()) : helpText(found));
      return 0;
    },
  });
}
