import type { Day } from "./day.ts";

export const risks = ["low", "medium", "high"] as const;
export type Risk = (typeof risks)[number];

/** One driver of one prediction. */
export interface Reason {
  /** The feature's name, such as `days_since_last`. */
  readonly feature: string;
  readonly value: number;
  /** The median of the users that the model was trained on. */
  readonly typical: number;
  /** How much the value, against the typical one, adds to the log-odds of churn. */
  readonly contribution: number;
  /** The same in words. */
  readonly sentence: string;
}

/** A stored prediction of one user. */
export interface Score {
  readonly userId: string;
  /** The features tell of everything before the start of this day. */
  readonly snapshot: Day;
  /** Calibrated probability of churn, 0 … 1. */
  readonly probability: number;
  readonly risk: Risk;
  readonly modelVersion: string;
  /** Largest contribution towards churn first. */
  readonly reasons: readonly Reason[];
}
