import type { Evaluation } from "../model/manifest.ts";
import { equalBin } from "./equal-bin.ts";

type ReliabilityBin = Evaluation["reliability"][number];

export interface BinOptions {
  /** Ten of equal width by default. */
  readonly bins?: Bins | undefined;
  /** How often each row occurs: once by default. */
  readonly counts?: Uint32Array | undefined;
}

/** Bins of probabilities. */
interface Bins {
  /** The one of each row. */
  readonly of: Uint8Array;
  readonly count: number;
}

/** Bins of equal width, at most 256. */
export function binsOf(p: ArrayLike<number>, count = 10): Bins {
  return { of: Uint8Array.from(p, (probability) => equalBin(probability, count)), count };
}

/** What was predicted and what happened, in bins by probability; a bin without rows is left out. */
export function reliabilityBins(
  y: ArrayLike<number>,
  p: ArrayLike<number>,
  { bins = binsOf(p), counts }: BinOptions = {},
): ReliabilityBin[] {
  const rows = new Float64Array(bins.count);
  const churned = new Float64Array(bins.count);
  const sums = new Float64Array(bins.count);
  for (let i = 0; i < p.length; i++) {
    const count = counts?.[i] ?? 1;
    const probability = p[i] ?? 0;
    const bin = bins.of[i] ?? 0;
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
