import { constants } from 'node:os';
import type { Command } from './command.js';
import { helpText } from './help.js';
import { UsageError } from './usage-error.js';

/** The status of a program whose arguments are wrong. */
export const WRONG_ARGUMENTS = 2;

/** Runs a command, or prints its help; wrong arguments are reported in two lines. The result is the exit status. */
export async function runCommand(command: Command, args: readonly string[]): Promise<number> {
  if (command.watchesOutput !== true) endQuietlyWhenOutputCloses();
  if (asksForHelp(args)) {
    console.log(helpText(command));
    return 0;
  }
  try {
    return await command.run(args);
  } catch (error) {
    if (error instanceof UsageError) return reportUsage(command.name, error);
    throw error;
  }
}

export function reportUsage(name: string, { message }: UsageError): number {
  console.error(`${name}: ${message}\nRun '${name} --help' for usage.`);
  return WRONG_ARGUMENTS;
}

/** Sets the exit status of this process to that of a program, and reports an error on one line. */
export function runProgram(name: string, program: Promise<number>): void {
  program.then(
    (status) => {
      process.exitCode = status;
    },
    (error: unknown) => {
      console.error(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      process.exitCode = 1;
    },
  );
}

/** `nlctl … | head -1`: SIGPIPE ends most programs silently. Node ignores the signal, so this does what it would do. */
export function endQuietlyWhenOutputCloses(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(128 + constants.signals.SIGPIPE);
  });
}

function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return args.slice(0, end === -1 ? args.length : end).some((arg) => arg === '--help' || arg === '-h');
}
