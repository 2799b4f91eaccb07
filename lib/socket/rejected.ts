/** A promise that is rejected with what was thrown, or with a signal's reason, whatever that is. */
export function rejected(reason: unknown): Promise<never> {
  const error = reason as Error;
  return Promise.reject(error);
}

/** Makes an error of the caller's own code an uncaught exception, without harm to what is under way. */
export function raise(error: unknown): void {
  queueMicrotask(() => {
    throw error as Error;
  });
}
