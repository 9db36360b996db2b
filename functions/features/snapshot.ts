import { type Day, dayOf } from "#churn/day.ts";
import type { FeaturesRequest } from "./request.ts";

/**
 * The day at whose start features are taken: that of the event, because a day that has hardly begun would count as one
 * without actions for nearly everybody; the day after it where the event's data says `{"through": "today"}`; or the day
 * after the last action where the log ends before.
 */
export function snapshotOf({ asOf, through }: Pick<FeaturesRequest, "asOf" | "through">, lastDay: Day): Day {
  const day = dayOf(asOf);
  return Math.min(lastDay + 1, through === "today" ? day + 1 : day);
}
