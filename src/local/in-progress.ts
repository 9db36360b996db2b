/** Work that is being done, so that others can wait for its end. */
export class InProgress {
  readonly #works = new Set<Promise<unknown>>();

  /** Returns the same promise; it is being done until that settles. */
  track<T>(work: Promise<T>): Promise<T> {
    this.#works.add(work);
    const ended = () => void this.#works.delete(work);
    work.then(ended, ended);
    return work;
  }

  /** Resolves when everything that is being done now has ended, in whatever way; what begins later is not waited for. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#works);
  }
}
