import type { Evaluation } from "../model/manifest.ts";
import { clustersOf, estimate, resample } from "./bootstrap.ts";
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
  const lossesOfB = logLosses(y, pB);
  const differences = logLosses(y, pA).map((loss, row) => loss - (lossesOfB[row] ?? 0));
  const results = resample(clustersOf(groups), { resamples, seed }, (counts) => mean(differences, counts));
  return estimate(mean(differences), results);
}
