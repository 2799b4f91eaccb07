#!/usr/bin/env node
import { didYouMean } from './command/nearest.js';
import { endQuietlyWhenOutputCloses, reportUsage, runCommand, runProgram } from './command/run.js';
import { UsageError } from './command/usage-error.js';
import { allCommands, subcommandNames, subcommands } from './commands/index.js';
import { overview } from './documents/overview.js';
import { packageVersion } from './package.js';

async function main([name, ...args]: readonly string[]): Promise<number> {
  const load = name !== undefined && Object.hasOwn(subcommands, name) ? subcommands[name] : undefined;
  if (load !== undefined) return runCommand(await load(), args);
  endQuietlyWhenOutputCloses();
  if (name === '--version' || name === '-V') {
    console.log(packageVersion());
    return 0;
  }
  if (name === '--help' || name === '-h') {
    console.log(overview(await allCommands()));
    return 0;
  }
  return reportUsage('nlctl', unknownSubcommand(name));
}

function unknownSubcommand(name: string | undefined): UsageError {
  const names = subcommandNames();
  const available = `Available: ${names.join(', ')}`;
  if (name === undefined) return new UsageError(`the subcommand is missing. ${available}`);
  const kind = name.startsWith('-') ? 'option' : 'subcommand';
  return new UsageError(`unknown ${kind} '${name}'${didYouMean(name, names)}. ${available}`);
}

runProgram('nlctl', main(process.argv.slice(2)));
