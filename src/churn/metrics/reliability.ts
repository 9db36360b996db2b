import type { Evaluation } from "../model/manifest.ts";
import { equalBin } from "./equal-bin.ts";

type ReliabilityBin = Evaluation["reliability"][number];

interface Options {
  /** The bin of each row: of ten of equal width by default. */
  readonly bins?: Uint8Array | undefined;
  /** How often each row occurs: once by default. */
  readonly counts?: Uint32Array | undefined;
}

/** The bin of each probability, of some of equal width, at most 256. */
export function binsOf(p: ArrayLike<number>, bins = 10): Uint8Array {
  return Uint8Array.from(p, (probability) => equalBin(probability, bins));
}

/** What was predicted and what happened, in bins by probability; a bin without rows is left out. */
export function reliabilityBins(
  y: ArrayLike<number>,
  p: ArrayLike<number>,
  { bins = binsOf(p), counts }: Options = {},
): ReliabilityBin[] {
  const size = 1 + bins.reduce((most, bin) => Math.max(most, bin), 0);
  const rows = new Float64Array(size);
  const churned = new Float64Array(size);
  const sums = new Float64Array(size);
  for (let i = 0; i < p.length; i++) {
    const count = counts?.[i] ?? 1;
    const probability = p[i] ?? 0;
    const bin = bins[i] ?? 0;
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
