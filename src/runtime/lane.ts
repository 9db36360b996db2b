/** Runs tasks in the order they came, at most `limit` at a time. */
export class Lane {
  readonly #limit: number;
  #running = 0;
  #waiting: (() => Promise<void>)[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Starts the task when its turn comes, and never before this returns. Its end is that of the task. */
  run<Result>(task: () => Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting.push(() => Promise.resolve().then(task).then(resolve, reject));
      this.#start();
    });
  }

  #start(): void {
    while (this.#running < this.#limit) {
      const task = this.#waiting.shift();
      if (task === undefined) return;
      this.#running++;
      void task().finally(() => {
        this.#running--;
        this.#start();
      });
    }
  }
}
