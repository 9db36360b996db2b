import type { Day } from "#churn/day.ts";
import type { RiskChange } from "#churn/risk-change.ts";
import type { LapseEvent } from "#runtime/events.ts";

/** The list of which changes are told. */
export interface TellingOf {
  readonly snapshot: Day;
  /** Of the model that scored it. */
  readonly version: string;
  /** The number of the run that made it: a list that is made again is another one. */
  readonly run: number;
  /** The extension attributes by which what is told belongs to a trace. */
  readonly trace: NonNullable<LapseEvent["extensions"]>;
}

/** How many users have changed in each way. */
export type Counts = Readonly<Record<RiskChange, number>>;
