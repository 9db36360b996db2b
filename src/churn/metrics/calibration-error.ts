import { reliabilityBins } from "./reliability.ts";

/**
 * Expected calibration error (Naeini, Cooper, Hauskrecht 2015): by how much, on average over rows, the mean
 * probability of a row's bin misses the share that churned in it; 10 bins of equal width. Row i occurs `counts[i]`
 * times (once each when not given). NaN without rows.
 */
export function calibrationError(y: ArrayLike<number>, p: ArrayLike<number>, counts?: ArrayLike<number>): number {
  let missed = 0;
  let rows = 0;
  for (const { meanProbability, observed, users } of reliabilityBins(y, p, { counts })) {
    missed += users * Math.abs(meanProbability - observed);
    rows += users;
  }
  return missed / rows;
}
