import { type BinOptions, reliabilityBins } from "./reliability.ts";

/**
 * Expected calibration error (Naeini, Cooper, Hauskrecht 2015): by how much, on average over rows, the mean
 * probability of a row's bin misses the share that churned in it; by default 10 bins of equal width. NaN without rows.
 */
export function calibrationError(y: ArrayLike<number>, p: ArrayLike<number>, options?: BinOptions): number {
  let missed = 0;
  let rows = 0;
  for (const { meanProbability, observed, users } of reliabilityBins(y, p, options)) {
    missed += users * Math.abs(meanProbability - observed);
    rows += users;
  }
  return missed / rows;
}
