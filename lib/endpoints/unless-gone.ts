/** Processes and descriptors come and go while /proc is read, and we may not inspect all of them. */
const PASSED_OVER: ReadonlySet<unknown> = new Set(['ENOENT', 'ESRCH', 'EACCES', 'EPERM']);

/** What was read about a process; undefined if it has ended or we may not inspect it. */
export async function unlessGone<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (PASSED_OVER.has((error as NodeJS.ErrnoException).code)) return undefined;
    throw error;
  }
}
