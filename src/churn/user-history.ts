import type { Day } from "./day.ts";

/** What one user did of one action on one UTC day: a row of the roll-up. What was done to a user has none. */
export interface UserDay {
  readonly day: Day;
  readonly action: string;
  /** How often, at least 1. */
  readonly count: number;
  /** The sum of the values that these actions carried; 0 where they carried none. */
  readonly value: number;
}

/** One user's roll-up, by ascending day and then by action name; never empty. */
export interface UserHistory {
  readonly userId: string;
  readonly days: readonly UserDay[];
}
