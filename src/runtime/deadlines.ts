/**
 * Tells those who are not done in time, each by its own deadline and all by one timer: to set a timer for each and to clear it
 * again takes a small request as long as to read its body.
 */
export class Deadlines {
  readonly #milliseconds: number;
  /** When each is due, the next one first. */
  readonly #due = new Map<() => void, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(milliseconds: number) {
    this.#milliseconds = milliseconds;
  }

  /** The time that each has. */
  get milliseconds(): number {
    return this.#milliseconds;
  }

  /** Calls `late` once the time is over, unless it is taken away before. */
  add(late: () => void): void {
    this.#due.set(late, performance.now() + this.#milliseconds);
    if (this.#timer === undefined) this.#wait(this.#milliseconds);
  }

  remove(late: () => void): void {
    this.#due.delete(late);
  }

  #wait(milliseconds: number): void {
    // It goes on after the last one was taken away, and must not keep the process from ending.
    this.#timer = setTimeout(() => this.#look(), milliseconds).unref();
  }

  #look(): void {
    this.#timer = undefined;
    const now = performance.now();
    for (const [late, due] of this.#due) {
      if (due > now) {
        // Timers are of whole milliseconds.
        this.#wait(Math.ceil(due - now));
        return;
      }
      this.#due.delete(late);
      late();
    }
  }
}
