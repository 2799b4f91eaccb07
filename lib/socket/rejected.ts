/** A promise that is rejected with what was thrown, or with a signal's reason, whatever that is. */
export function rejected(reason: unknown): Promise<never> {
  const error = reason as Error;
  return Promise.reject(error);
}
