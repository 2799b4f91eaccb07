/** Processes and descriptors come and go while one looks, and some are not ours to look at. */
const PASSED_OVER: ReadonlySet<unknown> = new Set(['ENOENT', 'ESRCH', 'EACCES', 'EPERM']);

/** What is read of a process; undefined where it has ended, or where we may not look. */
export async function unlessGone<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (PASSED_OVER.has((error as NodeJS.ErrnoException).code)) return undefined;
    throw error;
  }
}
