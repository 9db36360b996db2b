import { type Day, dayOf } from "../day.ts";
import type { ChurnDefinition } from "../definition.ts";
import { fnv1a, uniform } from "../hash.ts";
import { type Arm, firstDayOf } from "./campaign.ts";

/** One user's part in one campaign. */
export interface Enrolment {
  readonly arm: Arm;
  /** Of the campaign. */
  readonly controlShare: number;
  /** The first day of the user's window, and the first day after it. */
  readonly from: Day;
  readonly before: Day;
}

/**
 * The part of a user who was assigned to an arm; times in milliseconds since the epoch. Without the control share, because the campaign
 * cannot be read, no control can stand in for others: the user counts as treated.
 */
export function enrolmentOf(
  { arm, assignedAt, closesAt }: { readonly arm: Arm; readonly assignedAt: number; readonly closesAt: number },
  controlShare: number | undefined,
): Enrolment {
  const part = controlShare === undefined ? ({ arm: "treatment", controlShare: 0 } as const) : { arm, controlShare };
  return { ...part, from: firstDayOf(assignedAt), before: dayOf(closesAt) };
}

/**
 * How much a training or test row counts, so that a model learns what happens to users who are left alone. The outcome of
 * a row whose churn window overlaps with the campaign window of its user may be the campaign's doing: if the user was
 * treated, the row is left out, and the control group stands in for all by the inverse of its share (inverse probability
 * weighting; Hernán and Robins 2020, Causal inference: what if, chapter 12). All other rows count once.
 */
export function rowWeight(
  enrolments: readonly Enrolment[],
  snapshot: Day,
  { churnDays, leadDays }: Pick<ChurnDefinition, "churnDays" | "leadDays">,
): number {
  const start = snapshot + leadDays;
  let weight = 1;
  for (const { arm, controlShare, from, before } of enrolments) {
    if (from >= start + churnDays || before <= start) continue;
    if (arm === "treatment") return 0;
    weight /= controlShare;
  }
  return weight;
}

/**
 * How much a user on a list counts when what it promised is compared with what happened: as a row does, but for one who was in the treatment
 * already when the list was made, by its `arm`, who counts for nothing even if the campaign is gone.
 */
export function entryWeight(
  arm: Arm | undefined,
  enrolments: readonly Enrolment[],
  snapshot: Day,
  churn: Pick<ChurnDefinition, "churnDays" | "leadDays">,
): number {
  return arm === "treatment" ? 0 : rowWeight(enrolments, snapshot, churn);
}

/**
 * A weight as a whole number of copies of the row, of that mean: what is beyond a whole number is drawn by a hash of user
 * and snapshot, so that it is the same every time.
 */
export function copiesOf(weight: number, userId: string, snapshot: Day): number {
  const whole = Math.floor(weight);
  return whole + (uniform(fnv1a(`copies\0${snapshot}\0${userId}`)) < weight - whole ? 1 : 0);
}
