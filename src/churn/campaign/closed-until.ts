import type { Day } from "../day.ts";

/** Actions may arrive a day late and still count, as for lists. */
const graceDays = 1;
/** A log without an action for this long has ended; otherwise its last day may be known in part only. */
const endedAfterDays = 7;

/**
 * The day up to which windows have closed: those that end at its start or before. Of these, every day is known in full: the log
 * has a later day, so that it was brought up to date after the window's last, and late actions have had their time to
 * arrive. `lastDay` is the log's last day, and `today` the present one. Of a log that ended long ago, the last day counts.
 */
export function closedUntil(lastDay: Day, today: Day): Day {
  return Math.min(today - graceDays, today > lastDay + endedAfterDays ? lastDay + 1 : lastDay);
}
