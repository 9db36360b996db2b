import type { Evaluation } from "../model/manifest.ts";
import { type BootstrapOptions, clustersOf, estimate, resampleMean } from "./bootstrap.ts";
import { logLosses } from "./log-loss.ts";
import { mean } from "./mean.ts";

/**
 * The log loss of model A less that of model B on the same rows, with its 95 % bootstrap interval: below 0, A is
 * better, and surely so when `high` is below 0. Comparing row by row takes out what makes some rows hard for both, so
 * the interval is far narrower than those of the two losses. `groups` has the user of each row: rows of one user are
 * drawn together. NaN without rows.
 */
export function pairedDifference(
  y: ArrayLike<number>,
  pA: ArrayLike<number>,
  pB: ArrayLike<number>,
  groups: readonly string[],
  seed: string | number,
  resamples = 1000,
): Evaluation["logLoss"] {
  const { value, results } = resampled(y, pA, pB, groups, { seed, resamples });
  return estimate(value, results);
}

/** The same, with bounds that are this many standard errors away, by the bootstrap as well. */
export function pairedDifferenceWithin(
  deviations: number,
  y: ArrayLike<number>,
  pA: ArrayLike<number>,
  pB: ArrayLike<number>,
  groups: readonly string[],
  seed: string | number,
): Evaluation["logLoss"] {
  const { value, results } = resampled(y, pA, pB, groups, { seed, resamples: 1000 });
  const average = mean(results);
  const margin = deviations * Math.sqrt(mean(results.map((result) => (result - average) ** 2)));
  return { value, low: value - margin, high: value + margin };
}

function resampled(
  y: ArrayLike<number>,
  pA: ArrayLike<number>,
  pB: ArrayLike<number>,
  groups: readonly string[],
  options: BootstrapOptions,
): { value: number; results: number[] } {
  const lossesOfB = logLosses(y, pB);
  const differences = logLosses(y, pA).map((loss, row) => loss - (lossesOfB[row] ?? 0));
  return {
    value: mean(differences),
    results: resampleMean(differences, clustersOf(groups), options),
  };
}
