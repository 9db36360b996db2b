import type { ChurnDefinition } from "../definition.ts";
import type { Dataset } from "../features/dataset.ts";
import { hasBothClasses, selectRows } from "../features/select-rows.ts";
import { sigmoid } from "../model/logistic.ts";
import { type Calibration, calibrate, uncalibrated } from "./calibrate.ts";
import { type Coefficients, fitLogistic } from "./fit-logistic.ts";
import { applyScaling, fitScaling } from "./scaling.ts";

/** What a fit does not find by itself, chosen on snapshots later than those it was fitted on. */
export interface Tuning {
  readonly l2: number;
  /** In days; infinite where all rows count alike. */
  readonly halfLifeDays: number;
  readonly calibration: Calibration;
}

/** Told before each fit how many of them are done. */
export type Progress = (done: number, total: number) => void;

/** Each gets 1/10 … 100 pseudo-observations' worth of doubt about a standardised weight. */
const penalties = [100, 30, 10, 3, 1];
/** Half-lives in churn windows. */
const halfLives = [Number.POSITIVE_INFINITY, 4, 2, 1];
const untuned: Tuning = { l2: 10, halfLifeDays: Number.POSITIVE_INFINITY, calibration: uncalibrated };
/** Rows of one fold; the choice does not need all of them. */
const mostRows = 20_000;
/** Enough to compare log losses by. */
const tolerance = 1e-4;

/**
 * Rolling-origin validation within the training rows: for each of the last three snapshots, fits on those whose labels
 * were complete before it, as it is when the model serves. Takes first the half-life, then the penalty of least mean
 * log loss, then calibrates on the last snapshot. With too few snapshots there are no folds, and defaults.
 */
export function tune(data: Dataset, churn: ChurnDefinition, progress?: Progress): Tuning {
  const folds = foldsOf(data, churn);
  if (folds.length === 0) return untuned;
  const steps = halfLives.length + penalties.length;
  let done = 0;
  const lossOf = (l2: number, halfLifeDays: number) => {
    progress?.(done++, steps);
    return meanLogLoss(folds, l2, halfLifeDays);
  };
  const halfLifeDays = best(
    halfLives.map((windows) => windows * churn.churnDays),
    (candidate) => lossOf(untuned.l2, candidate),
  );
  const l2 = best(penalties, (candidate) => lossOf(candidate, halfLifeDays));
  const last = folds.at(-1);
  const calibration = last === undefined ? uncalibrated : calibrate(laterLogOdds(last, l2, halfLifeDays), last.laterY);
  return { l2, halfLifeDays, calibration };
}

/** How much each row counts in a fit: 1 for the latest snapshot, half for each half-life before it. */
export function rowWeights(snapshots: Int32Array, halfLifeDays: number): Float64Array | undefined {
  if (halfLifeDays === Number.POSITIVE_INFINITY) return undefined;
  const latest = snapshots.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  return Float64Array.from(snapshots, (snapshot) => 0.5 ** ((latest - snapshot) / halfLifeDays));
}

interface Fold {
  /** Where the last fit ended: the next candidate's is near. */
  start: Coefficients | undefined;
  readonly width: number;
  readonly x: Float64Array;
  readonly y: Uint8Array;
  readonly snapshots: Int32Array;
  readonly laterX: Float64Array;
  readonly laterY: Uint8Array;
}

function foldsOf(data: Dataset, churn: ChurnDefinition): Fold[] {
  const days = [...new Set(data.snapshots)].sort((a, b) => a - b);
  const folds: Fold[] = [];
  for (const day of days.slice(-3)) {
    const before = day - churn.churnDays - churn.leadDays;
    const complete = selectRows(data, (row) => (data.snapshots[row] ?? 0) <= before);
    const earlier = thin(complete);
    const later = selectRows(data, (row) => data.snapshots[row] === day);
    if (!hasBothClasses(earlier) || later.rows === 0) continue;
    const scaling = fitScaling(earlier);
    folds.push({
      start: undefined,
      width: data.names.length,
      x: applyScaling(scaling, earlier),
      y: earlier.y,
      snapshots: earlier.snapshots,
      laterX: applyScaling(scaling, later),
      laterY: later.y,
    });
  }
  return folds;
}

/** Every k-th row, so that about `mostRows` remain. Rows stand by user, so all users and snapshots have their share. */
function thin(data: Dataset): Dataset {
  const step = Math.ceil(data.rows / mostRows);
  return step <= 1 ? data : selectRows(data, (row) => row % step === 0);
}

function meanLogLoss(folds: readonly Fold[], l2: number, halfLifeDays: number): number {
  let sum = 0;
  let rows = 0;
  for (const fold of folds) {
    const z = laterLogOdds(fold, l2, halfLifeDays);
    for (let i = 0; i < z.length; i++) {
      const p = sigmoid(z[i] ?? 0);
      sum -= Math.log(Math.max(1e-15, fold.laterY[i] === 1 ? p : 1 - p));
    }
    rows += z.length;
  }
  return sum / rows;
}

function laterLogOdds(fold: Fold, l2: number, halfLifeDays: number): Float64Array {
  const { x, y, width, snapshots, laterX, laterY, start } = fold;
  const problem = { x, y, width, l2, rowWeights: rowWeights(snapshots, halfLifeDays) };
  const fit = fitLogistic(problem, { start, tolerance });
  fold.start = fit;
  return Float64Array.from(laterY, (_, row) => linear(fit, laterX, row * width));
}

/** w·x + b for the row that begins at `offset`. */
function linear({ weights, intercept }: Coefficients, x: Float64Array, offset: number): number {
  let z = intercept;
  for (let j = 0; j < weights.length; j++) z += (weights[j] ?? 0) * (x[offset + j] ?? 0);
  return z;
}

/** The candidate of least loss; of equal ones the first. */
function best(candidates: readonly number[], lossOf: (candidate: number) => number): number {
  const losses = candidates.map(lossOf);
  const least = Math.min(...losses);
  return candidates[losses.indexOf(least)] ?? Number.NaN;
}
