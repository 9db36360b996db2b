import type { Day } from "../day.ts";
import type { ChurnDefinition } from "../definition.ts";

/** Actions may arrive a day late and still count. What arrives later changes no outcome that was recorded. */
const graceDays = 1;

/** Up to where outcomes can be told. */
export interface Known {
  /** The days between which the bulk of the log lies, both inclusive. */
  readonly firstDay: Day;
  readonly lastDay: Day;
  /** The present UTC day. */
  readonly today: Day;
}

/** The day at whose start the churn window of a snapshot ends. */
export function windowEnd(snapshot: Day, { leadDays, churnDays }: ChurnDefinition): Day {
  return snapshot + leadDays + churnDays;
}

/** The day from which on the users of a snapshot can be judged, if the log reaches as far. */
export function judgedFrom(snapshot: Day, churn: ChurnDefinition): Day {
  return windowEnd(snapshot, churn) + graceDays;
}

/**
 * Whether a snapshot's outcomes can be told: its churn window lies within the log, whose last day has passed, and late
 * actions have had their time to arrive.
 */
export function isClosed(snapshot: Day, churn: ChurnDefinition, { firstDay, lastDay, today }: Known): boolean {
  // Where retention has deleted actions of the window, everyone would seem to have left.
  return firstDay <= snapshot && windowEnd(snapshot, churn) <= lastDay + 1 && judgedFrom(snapshot, churn) <= today;
}
