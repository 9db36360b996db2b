import type { Timers } from "#local/timers.ts";

/** Timers for tests: time stands still until `advance` moves it. */
export class ManualTimers implements Timers {
  #now: number;
  #alarms: { at: number; task: () => void }[] = [];

  constructor(now = 0) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  after(milliseconds: number, task: () => void): () => void {
    const alarm = { at: this.#now + milliseconds, task };
    this.#alarms.push(alarm);
    return () => {
      this.#alarms = this.#alarms.filter((other) => other !== alarm);
    };
  }

  /** Milliseconds until each pending alarm, soonest first. */
  pending(): number[] {
    return this.#alarms.map(({ at }) => at - this.#now).sort((a, b) => a - b);
  }

  /** Moves time on, rings each alarm on its way at its own moment, and lets the promises that it settles run. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    await settled();
    for (let alarm = this.#next(end); alarm !== undefined; alarm = this.#next(end)) {
      this.#now = alarm.at;
      alarm.task();
      await settled();
    }
    this.#now = end;
  }

  /** Moves the clock on without ringing anything, as when a laptop sleeps. */
  sleep(milliseconds: number): void {
    this.#now += milliseconds;
    for (const alarm of this.#alarms) alarm.at += milliseconds;
  }

  #next(end: number): { at: number; task: () => void } | undefined {
    const alarm = this.#alarms.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
    if (alarm !== undefined) this.#alarms.splice(this.#alarms.indexOf(alarm), 1);
    return alarm;
  }
}

/** Resolves once the reactions of all settled promises have run. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
