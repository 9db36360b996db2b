/** Runs tasks in the order they came, at most `limit` at a time: one Service and its `containerConcurrency`. */
export class Lane {
  readonly #limit: number;
  #running = 0;
  #waiting: (() => Promise<void>)[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Starts the task when its turn comes, and never before this returns. It must not reject. */
  add(task: () => Promise<void>): void {
    this.#waiting.push(task);
    this.#start();
  }

  #start(): void {
    while (this.#running < this.#limit) {
      const task = this.#waiting.shift();
      if (task === undefined) return;
      this.#running++;
      void Promise.resolve()
        .then(task)
        .finally(() => {
          this.#running--;
          this.#start();
        });
    }
  }
}
