/** Runs one thing at a time: a newer one ends the one before. */
export class Latest {
  #controller: AbortController | undefined;
  #settled: Promise<void> = Promise.resolve();

  /**
   * Runs `work` with a signal that aborts when something newer starts or `cancel` is called.
   * Resolves when it is over; `failed` hears of any error but an abortion.
   */
  run(
    work: (signal: AbortSignal) => Promise<void>,
    failed: (error: unknown) => void,
  ): Promise<void> {
    this.cancel();
    const controller = new AbortController();
    this.#controller = controller;
    this.#settled = work(controller.signal).catch((error: unknown) => {
      if (!controller.signal.aborted) failed(error);
    });
    return this.#settled;
  }

  cancel(): void {
    this.#controller?.abort();
  }

  /** Resolves when nothing is under way. */
  settled(): Promise<void> {
    return this.#settled;
  }
}
