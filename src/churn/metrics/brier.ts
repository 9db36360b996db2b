import { mean } from "./mean.ts";

/** Mean squared distance between probability and outcome (Brier 1950, for two classes): 0 is perfect, 1 the worst. */
export function brier(y: ArrayLike<number>, p: ArrayLike<number>): number {
  return mean(squaredErrors(y, p));
}

/** The squared error of each row. */
export function squaredErrors(y: ArrayLike<number>, p: ArrayLike<number>): Float64Array {
  return Float64Array.from(p, (probability, row) => (probability - (y[row] ?? 0)) ** 2);
}
