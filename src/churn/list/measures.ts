import type { ChurnDefinition } from "../definition.ts";
import { storedName } from "../features/stored-features.ts";

/** What a user did and was worth lately, in numbers that people filter by. What is not known is undefined. */
export interface UserMeasures {
  /** The sum of values in a churn window, on average over as long as features look back and the user is there. */
  readonly value: number | undefined;
  /** Days since the last action, and since the first. */
  readonly silence: number | undefined;
  readonly tenure: number | undefined;
  /** Days with an action in as long as features look back. */
  readonly activeDays: number | undefined;
  /** Mean days between the user's active days; undefined with fewer than three, which make no habit. */
  readonly usualGap: number | undefined;
}

/** Of a user of whom nothing is known. */
export const noMeasures: UserMeasures = {
  value: undefined,
  silence: undefined,
  tenure: undefined,
  activeDays: undefined,
  usualGap: undefined,
};

/** Reads the measures of users from their features, which have these names under a churn definition. */
export function measuresFrom(
  names: readonly string[],
  churn: ChurnDefinition,
): (values: ArrayLike<number>) => UserMeasures {
  const { churnDays, observeDays } = churn;
  const positions = new Map(names.map((name, position) => [name, position]));
  const at = (name: string) => positions.get(storedName(name, churn)) ?? -1;
  const columns = {
    sum: at(`value_${observeDays}d`),
    silence: at("days_since_last"),
    tenure: at("days_since_first"),
    activeDays: at(`active_days_${observeDays}d`),
    gap: at("mean_gap_days"),
    daysEver: at("lifetime_active_days"),
  };
  return (values) => {
    const read = (column: number) => {
      const value = values[column];
      return value === undefined || Number.isNaN(value) ? undefined : value;
    };
    const tenure = read(columns.tenure);
    // Not of the last window alone: who is about to leave was worth little in it.
    const sum = read(columns.sum);
    const windows = Math.max(1, Math.min(observeDays, tenure ?? observeDays) / churnDays);
    return {
      value: sum === undefined ? undefined : sum / windows,
      silence: read(columns.silence),
      tenure,
      activeDays: read(columns.activeDays),
      usualGap: (read(columns.daysEver) ?? 0) < 3 ? undefined : read(columns.gap),
    };
  };
}
