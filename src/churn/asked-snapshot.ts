import { type Day, dayOf } from "./day.ts";

/** When a nightly job was asked for, and up to where it is to read the log. */
export interface Asked {
  /** Milliseconds since the epoch. */
  readonly asOf: number;
  /** The last day that counts, beside the day of `asOf`. */
  readonly through: "yesterday" | "today";
}

/**
 * The snapshot that a job is asked for, before which the log is whole: the day of the request, because a day that has hardly
 * begun would count as one without actions for nearly everybody; the day after it where today is asked for; or the day
 * after the last action where the log ends before. Actions dated later, by a clock that is fast, are left for a later night.
 */
export function askedSnapshot({ asOf, through }: Asked, lastDay: Day): Day {
  const day = dayOf(asOf);
  return Math.min(lastDay + 1, through === "today" ? day + 1 : day);
}
