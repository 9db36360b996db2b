/** The clock and its alarms, passed in so that tests move time by hand. */
export interface Timers {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Runs `task` once after the given milliseconds; the returned function cancels it. */
  after(milliseconds: number, task: () => void): () => void;
}

/** The machine's own clock. Its timers keep the process alive. */
export const systemTimers: Timers = {
  now: () => Date.now(),
  after: (milliseconds, task) => {
    const timer = setTimeout(task, milliseconds);
    return () => clearTimeout(timer);
  },
};
