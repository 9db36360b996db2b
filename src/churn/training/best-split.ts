import { mostBins } from "./tree-bins.ts";
import { placeOf } from "./tree-histogram.ts";

/** Sums of the first and second derivatives of the loss over rows. */
export interface Sums {
  readonly first: number;
  readonly second: number;
}

export interface SplitOptions {
  /** Least sum of second derivatives on either side. */
  readonly leastWeight: number;
  /** Strength of the penalty lambda/2 v² of a leaf's value v. */
  readonly lambda: number;
}

export interface Split {
  readonly feature: number;
  /** The last bin that goes below. */
  readonly bin: number;
  readonly below: Sums;
  readonly above: Sums;
}

/** Gains that differ by less are equal, so that rounding does not choose. */
const tie = 1e-9;

/**
 * The split of greatest gain (Chen and Guestrin 2016, equation 7), undefined if none gains anything. `histogram` has, for
 * each of `columns`, the two sums of each bin. Of equal splits the first is taken.
 */
export function bestSplit(
  histogram: Float64Array,
  columns: readonly number[],
  sums: Sums,
  { leastWeight, lambda }: SplitOptions,
): Split | undefined {
  const unsplit = score(sums.first, sums.second, lambda);
  let bestGain = tie * (1 + unsplit);
  let best: Split | undefined;
  for (const [slot, feature] of columns.entries()) {
    let first = 0;
    let second = 0;
    for (let bin = 0; bin < mostBins - 1; bin++) {
      const at = placeOf(slot, bin);
      const isEmpty = histogram[at + 1] === 0;
      if (isEmpty) continue;
      first += histogram[at] ?? 0;
      second += histogram[at + 1] ?? 0;
      if (second < leastWeight) continue;
      const rest = sums.second - second;
      if (rest < leastWeight) break;
      const gain = score(first, second, lambda) + score(sums.first - first, rest, lambda) - unsplit;
      if (gain <= bestGain + tie * unsplit) continue;
      bestGain = gain;
      best = { feature, bin, below: { first, second }, above: { first: sums.first - first, second: rest } };
    }
  }
  return best;
}

/** Twice what the best value of a leaf takes off the loss. */
function score(first: number, second: number, lambda: number): number {
  return (first * first) / (second + lambda);
}
