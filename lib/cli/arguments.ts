/** Arguments that make no sense: the subcommand's own text says what would. */
export class UsageError extends Error {}

/** Runs a subcommand, and reports wrong arguments as such: exit status 2. */
export async function runSubcommand(
  name: string,
  usage: string,
  args: readonly string[],
  run: () => Promise<number>,
): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    console.log(usage);
    return 0;
  }
  try {
    return await run();
  } catch (error) {
    if (!isUsage(error)) throw error;
    console.error(`nlctl ${name}: ${(error as Error).message}\nnlctl ${name} --help says more.`);
    return 2;
  }
}

/** `parseArgs` of node:util throws TypeErrors with codes of its own. */
function isUsage(error: unknown): boolean {
  if (error instanceof UsageError) return true;
  return error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}
