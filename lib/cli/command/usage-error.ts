/** Wrong arguments of a command. The message names the argument, the value received and what is allowed. */
export class UsageError extends Error {}
