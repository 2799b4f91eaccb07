import { invalidArgument, type NetlinkError } from '../../errors.js';

/** The error for a call that would block inside a callback which is being passed what the same socket received. */
export function blockingInCallback(call: string): NetlinkError {
  return invalidArgument(
    `${call}: a callback that reads what this socket received cannot wait for more of it; ` +
      'use the call without Sync, or another socket',
  );
}
