import { type Command, defineCommand } from '../command/command.js';
import { required } from '../command/positional.js';
import { choice } from '../command/values.js';
import { bashCompletion } from '../documents/bash-completion.js';
import { fishCompletion } from '../documents/fish-completion.js';
import { zshCompletion } from '../documents/zsh-completion.js';
import { nlRecvDescription } from '../nl-recv-description.js';

const scripts = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;

/** `nlctl completion`, which gets all the other subcommands. */
export function completionCommand(load: () => Promise<readonly Command[]>): Command {
  return defineCommand({
    name: 'nlctl completion',
    summary: 'print a script that completes nlctl in a shell',
    description: `Prints a script that completes the subcommands, options and arguments of nlctl and nl_recv in a shell. To load it in
each new shell:

  bash   add to ~/.bashrc:  source <(nlctl completion bash)
  zsh    add to ~/.zshrc, after compinit:  source <(nlctl completion zsh)
  fish   nlctl completion fish > ~/.config/fish/completions/nlctl.fish`,
    positionals: { shell: required('the shell', choice('SHELL', ['bash', 'zsh', 'fish'])) },
    options: {},
    async run(_, { shell }) {
      process.stdout.write(scripts[shell]([...(await load()), nlRecvDescription]));
      return 0;
    },
  });
}
