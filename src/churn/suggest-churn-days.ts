import type { UserHistory } from "./user-history.ts";

/** How long users pause between active days, gathered user by user. */
export class Pauses {
  /** How many pauses lasted each number of days; a pause of 1 is the next day. */
  readonly #counts = new Map<number, number>();
  #total = 0;

  add({ days }: UserHistory): void {
    for (let i = 1; i < days.length; i++) {
      const pause = (days[i]?.day ?? 0) - (days[i - 1]?.day ?? 0);
      if (pause === 0) continue;
      this.#counts.set(pause, (this.#counts.get(pause) ?? 0) + 1);
      this.#total += 1;
    }
  }

  /** Whether nobody has come back on another day, so that pauses tell nothing. */
  get isEmpty(): boolean {
    return this.#total === 0;
  }

  /** Share of the pauses, all of which ended, that ended within the window; 1 if there were none. */
  endedWithin(days: number): number {
    let ended = 0;
    for (const [pause, count] of this.#counts) if (pause <= days) ended += count;
    return this.#total === 0 ? 1 : ended / this.#total;
  }

  /** Whether silence of that length means something: nine of ten pauses ended within it. */
  areTelling(days: number): boolean {
    return this.endedWithin(days) >= 0.9;
  }
}

const usual = [30, 60, 90];
/** The longest window that is suggested. */
export const longestSuggested = Math.max(...usual);
const short = [21, 14, 7];

/**
 * A churn window for a log of `length` days: the shortest usual one (30, 60 or 90 days) within which nine of ten pauses
 * ended, so that silence for that long means something. The log must hold five such windows, to learn from one period
 * and test on a later one; a log too short for 30 days gets a shorter window.
 */
export function suggestChurnDays(pauses: Pauses, length: number): number {
  const fitting = usual.filter((days) => 5 * days <= length);
  const telling = fitting.find((days) => pauses.areTelling(days));
  return telling ?? fitting.at(-1) ?? short.find((days) => 5 * days <= length) ?? Math.max(1, Math.floor(length / 5));
}
