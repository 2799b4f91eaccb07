/** Arguments that a command cannot run with. The message names the argument, the value received and what is allowed. */
export class UsageError extends Error {}
