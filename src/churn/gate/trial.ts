import type { Day } from "../day.ts";
import { pairedDifference } from "../metrics/paired-bootstrap.ts";
import type { Estimate } from "../model/estimate.ts";

/** The rows of a test as a model sees them and as simpler rules do: one for each user and snapshot. */
export interface Trial {
  /** 1 for churned, 0 for stayed. */
  readonly y: Uint8Array;
  readonly users: readonly string[];
  /** The snapshot of each row. */
  readonly snapshots: Int32Array;
  /** The probabilities of the model that is judged. */
  readonly model: Float64Array;
  /** The share of users that churned before, for everybody. */
  readonly plainRate: Float64Array;
  /** By the days since the last action alone. */
  readonly recency: Float64Array;
  /** Those of the champion; undefined without one that predicts the same kind of churn. */
  readonly champion: Float64Array | undefined;
}

/** The rows of these snapshots. */
export function trialAt(trial: Trial, snapshots: readonly Day[]): Trial {
  const rows = [...trial.y.keys()].filter((row) => snapshots.includes(trial.snapshots[row] ?? Number.NaN));
  const pick = (values: Float64Array) => Float64Array.from(rows, (row) => values[row] ?? Number.NaN);
  return {
    y: Uint8Array.from(rows, (row) => trial.y[row] ?? 0),
    users: rows.map((row) => trial.users[row] ?? ""),
    snapshots: Int32Array.from(rows, (row) => trial.snapshots[row] ?? 0),
    model: pick(trial.model),
    plainRate: pick(trial.plainRate),
    recency: pick(trial.recency),
    champion: trial.champion && pick(trial.champion),
  };
}

/** The snapshots of a trial, ascending. */
export function snapshotsOf({ snapshots }: Trial): Day[] {
  return [...new Set(snapshots)].sort((a, b) => a - b);
}

/** The log loss of some probabilities less that of others on the rows of a trial, with its 95 % interval by user. */
export function difference({ y, users }: Trial, p: Float64Array, against: Float64Array): Estimate {
  return pairedDifference(y, p, against, users, "gate");
}

/** `log loss -0.0123, 95 % interval -0.0201 to -0.0045`: so much lower or higher. */
export function differenceInWords({ value, low, high }: Estimate): string {
  return `log loss ${signed(value)}, 95 % interval ${signed(low)} to ${signed(high)}`;
}

/** `+0.0123` */
export function signed(value: number): string {
  return `${value > 0 ? "+" : ""}${value.toFixed(4)}`;
}
