import type { Moments } from "./differences.ts";

/** The rows of an experiment whose outcome is known. */
export interface Sample {
  readonly rows: number;
  /** Covariates of each row. */
  readonly width: number;
  isTreated(row: number): boolean;
  /** The outcome. */
  y(row: number): number;
  /** A covariate, 0 … width - 1. */
  x(row: number, j: number): number;
}

/** The outcomes of one arm. */
export function outcomeMoments(data: Sample, isTreated: boolean): Moments {
  return momentsOf(data, isTreated, (row) => data.y(row));
}

/** A covariate in one arm. */
export function covariateMoments(data: Sample, isTreated: boolean, j: number): Moments {
  return momentsOf(data, isTreated, (row) => data.x(row, j));
}

/** By Welford's method, as sums of squares would lose digits. */
function momentsOf(data: Sample, isTreated: boolean, read: (row: number) => number): Moments {
  let size = 0;
  let mean = 0;
  let squares = 0;
  for (let row = 0; row < data.rows; row++) {
    if (data.isTreated(row) !== isTreated) continue;
    const value = read(row);
    size += 1;
    const delta = value - mean;
    mean += delta / size;
    squares += delta * (value - mean);
  }
  return { size, mean, variance: size > 1 ? squares / (size - 1) : 0 };
}
