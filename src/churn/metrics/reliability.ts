import type { Evaluation } from "../model/manifest.ts";
import { equalBin } from "./equal-bin.ts";

type ReliabilityBin = Evaluation["reliability"][number];

/**
 * What was predicted and what happened, in bins of equal width by probability; a bin without rows is left out.
 * Row i occurs `counts[i]` times (once each when not given).
 */
export function reliabilityBins(
  y: ArrayLike<number>,
  p: ArrayLike<number>,
  { counts, bins = 10 }: { counts?: ArrayLike<number> | undefined; bins?: number } = {},
): ReliabilityBin[] {
  const rows = new Float64Array(bins);
  const churned = new Float64Array(bins);
  const sums = new Float64Array(bins);
  for (let i = 0; i < p.length; i++) {
    const count = counts?.[i] ?? 1;
    const probability = p[i] ?? 0;
    const bin = equalBin(probability, bins);
    rows[bin] = (rows[bin] ?? 0) + count;
    sums[bin] = (sums[bin] ?? 0) + count * probability;
    if (y[i] === 1) churned[bin] = (churned[bin] ?? 0) + count;
  }
  return Array.from(rows, (users, bin) => ({
    meanProbability: (sums[bin] ?? 0) / users,
    observed: (churned[bin] ?? 0) / users,
    users,
  })).filter((bin) => bin.users > 0);
}
