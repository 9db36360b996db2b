import { type Day, dayOf } from "#churn/day.ts";
import type { FeaturesPing } from "#runtime/event-kinds.ts";
import { parseInstant } from "#runtime/instant.ts";

/**
 * The day at whose start features are taken: that of the event, because a day that has hardly begun would count as one
 * without actions for nearly everybody; the day after it where the event's data says `{"through": "today"}`; or the day
 * after the last action where the log ends before.
 */
export function snapshotOf({ time, data }: FeaturesPing, lastDay: Day, now: number): Day {
  const day = dayOf((time === undefined ? undefined : parseInstant(time)) ?? now);
  return Math.min(lastDay + 1, data.through === "today" ? day + 1 : day);
}
