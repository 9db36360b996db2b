import { type Day, dayOf, formatDay } from "#churn/day.ts";
import { formatCounted } from "#pages/format.ts";

/** Lists are made every night: one that is older than a week is of a log that ended, or to which no actions arrive. */
const mostDaysOld = 7;

/**
 * What is to be known before a list is frozen that is older than a week, as of a log that ended in the past; undefined for others. `snapshot` is
 * the day of the list, `now` in milliseconds since the epoch.
 */
export function oldListInWords(snapshot: Day | undefined, now: number): string | undefined {
  const age = snapshot === undefined ? 0 : dayOf(now) - snapshot;
  if (snapshot === undefined || age <= mostDaysOld) return undefined;
  return `The list is of ${formatDay(snapshot)}, ${formatCounted(age, "day")} ago, as the log ends there. A campaign is judged by what its users do from today on: without their actions, all of them would seem to have left.`;
}
