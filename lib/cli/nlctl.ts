#!/usr/bin/env node
/** A subcommand's file. */
export interface Subcommand {
  /** Runs with the arguments behind the subcommand's name; gives the exit status. */
  run(args: readonly string[]): Promise<number>;
}

interface Entry {
  readonly summary: string;
  /** Each subcommand is loaded only when it is asked for. */
  readonly load: () => Promise<Subcommand>;
}

const subcommands: Readonly<Record<string, Entry>> = {
  decode: { summary: 'decode a recorded exchange', load: () => import('./decode.js') },
  do: { summary: 'make a request with one answer', load: () => import('./do.js') },
  dump: { summary: 'make a request with any number of answers', load: () => import('./dump.js') },
  endpoints: { summary: 'list netlink sockets, and whose they are', load: () => import('./endpoints.js') },
  families: { summary: 'list families and their operations', load: () => import('./families.js') },
  generate: { summary: 'print TypeScript for a specification', load: () => import('./generate.js') },
  listen: { summary: 'print what the kernel sends to multicast groups', load: () => import('./listen.js') },
  study: { summary: 'say what a message costs, by each way', load: () => import('./study.js') },
  trace: { summary: 'show what the kernel does with a message', load: () => import('./trace.js') },
  vm: { summary: 'run a command in a small Linux guest', load: () => import('./vm.js') },
};

function usage(): string {
  const width = Math.max(...Object.keys(subcommands).map((name) => name.length));
  return [
    'Usage: nlctl SUBCOMMAND [OPTION…]',
    '',
    ...Object.entries(subcommands).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    'nlctl SUBCOMMAND --help says more.',
  ].join('\n');
}

async function main([name, ...args]: readonly string[]): Promise<number> {
  if (name === '--help' || name === '-h' || name === 'help') {
    console.log(usage());
    return 0;
  }
  const entry = name !== undefined && Object.hasOwn(subcommands, name) ? subcommands[name] : undefined;
  if (entry === undefined) {
    console.error(name === undefined ? usage() : `nlctl: there is no subcommand ${name}\n\n${usage()}`);
    return 2;
  }
  const subcommand = await entry.load();
  return subcommand.run(args);
}

main(process.argv.slice(2)).then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    console.error(`nlctl: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  },
);
