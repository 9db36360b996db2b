/** A figure with its 95 % interval; without one where there are too few groups of users to tell. */
export interface Figure {
  readonly value: number;
  readonly interval?: readonly [low: number, high: number] | undefined;
}

/** The same with the ends of the interval by name, as they are shown and sent. */
export function withBounds({ value, interval }: Figure): BoundedFigure {
  return interval === undefined ? { value } : { value, low: interval[0], high: interval[1] };
}

export interface BoundedFigure {
  readonly value: number;
  readonly low?: number;
  readonly high?: number;
}

/**
 * The standard error of a figure from its values without each of several independent groups of users: the delete-a-group
 * jackknife (Kott 2001, Journal of Official Statistics 17). Groups without which it is undefined (NaN) are left out.
 * Undefined for fewer than 6 groups.
 */
export function deleteOneError(without: readonly number[]): GroupError | undefined {
  const values = without.filter((value) => !Number.isNaN(value));
  const groups = values.length;
  if (groups < fewestGroups) return undefined;
  const mean = values.reduce((sum, value) => sum + value, 0) / groups;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { error: Math.sqrt(((groups - 1) / groups) * squares), quantile: studentQuantile(groups - 1) };
}

export interface GroupError {
  readonly error: number;
  /** By how many standard errors the 95 % interval extends on either side. */
  readonly quantile: number;
}

/** The figure with its interval, within the bounds of what it can be. */
export function deleteOneFigure(value: number, without: readonly number[], [least, most]: Bounds): Figure {
  const error = deleteOneError(without);
  if (error === undefined) return { value };
  const spread = error.quantile * error.error;
  return { value, interval: [Math.max(least, value - spread), Math.min(most, value + spread)] };
}

/** The same of a ratio above 0, on the scale of logarithms, so that the interval stays above 0. */
export function deleteOneRatio(value: number, without: readonly number[]): Figure {
  const estimated = deleteOneError(without);
  if (estimated === undefined) return { value };
  const factor = Math.exp((estimated.quantile * estimated.error) / value);
  return { value, interval: [value / factor, value * factor] };
}

type Bounds = readonly [least: number, most: number];

const fewestGroups = 6;

/**
 * The 97.5 % quantile of Student's t, to 0.002 from 5 degrees of freedom on (Abramowitz and Stegun 1964, 26.7.5).
 */
export function studentQuantile(degrees: number): number {
  const z = 1.959964;
  return (
    z +
    (z ** 3 + z) / (4 * degrees) +
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * degrees ** 2) +
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * degrees ** 3)
  );
}
