/** Runs tasks one after the other, in the order in which they were given. */
export class SerialQueue {
  #last: Promise<unknown> = Promise.resolve();

  /** A task whose signal is aborted before its turn is not started. */
  run<T>(signal: AbortSignal | undefined, task: () => Promise<T>): Promise<T> {
    const result = this.#last.then(() => {
      signal?.throwIfAborted();
      return task();
    });
    this.#last = result.catch(() => undefined);
    return result;
  }
}
