import { bestSplit, type SplitOptions, type Sums } from "./best-split.ts";
import type { Binned } from "./tree-bins.ts";
import { columnOf, countRows, type Derivatives, newHistogram } from "./tree-histogram.ts";

/** A tree over binned columns: a row whose bin is at most `bin` goes below. A leaf adds its value to the log-odds. */
export type BinnedNode =
  | { readonly value: number }
  | { readonly feature: number; readonly bin: number; readonly below: BinnedNode; readonly above: BinnedNode };

export interface TreeOptions extends SplitOptions {
  /** Most splits on the way to a leaf. */
  readonly depth: number;
  /** Share of its best value that a leaf gets. */
  readonly rate: number;
}

/** What a tree is grown to. */
export interface Sample {
  readonly rows: Uint32Array;
  readonly columns: readonly number[];
}

/**
 * Grows the tree that lowers the loss of some rows, in second-order approximation, by one best split after the other
 * (Chen and Guestrin 2016, XGBoost, equations 5 and 7).
 */
export function growTree(data: Binned, derivatives: Derivatives, sample: Sample, options: TreeOptions): BinnedNode {
  const { columns } = sample;
  const { depth: mostDepth, rate, lambda } = options;
  const order = sample.rows.slice();
  const spare = new Uint32Array(order.length);
  // The derivatives of the rows that are being counted, side by side, as each column goes through them once more.
  const first = new Float64Array(order.length);
  const second = new Float64Array(order.length);
  const histograms = Array.from({ length: mostDepth }, () => newHistogram(columns.length));

  /** A tree of the rows order[from] … order[to - 1], whose histogram is used up. */
  function grow(from: number, to: number, sums: Sums, histogram: Float64Array | undefined, depth: number): BinnedNode {
    if (histogram === undefined) return leaf(sums);
    const split = bestSplit(histogram, columns, sums, options);
    if (split === undefined) return leaf(sums);
    const { feature, bin, below, above } = split;
    const middle = partition(feature, bin, from, to);
    const smaller = histograms[depth + 1];
    const growBelow = (own: Float64Array | undefined) => grow(from, middle, below, own, depth + 1);
    const growAbove = (own: Float64Array | undefined) => grow(middle, to, above, own, depth + 1);
    if (smaller === undefined) return { feature, bin, below: growBelow(undefined), above: growAbove(undefined) };
    // Only the smaller child is counted: the larger one is what is left of the parent. It waits while the smaller one
    // grows, which uses the histograms after its own.
    const isBelowSmaller = middle - from < to - middle;
    if (isBelowSmaller) count(smaller, from, middle);
    else count(smaller, middle, to);
    subtract(histogram, smaller);
    if (isBelowSmaller) {
      const grown = growBelow(smaller);
      return { feature, bin, below: grown, above: growAbove(histogram) };
    }
    const grown = growAbove(smaller);
    return { feature, bin, below: growBelow(histogram), above: grown };
  }

  function leaf({ first, second }: Sums): BinnedNode {
    return { value: (-rate * first) / (second + lambda) };
  }

  /** Sets a histogram to the sums of rows. */
  function count(histogram: Float64Array, from: number, to: number): void {
    for (let i = from; i < to; i++) {
      const row = order[i] ?? 0;
      first[i] = derivatives.first[row] ?? 0;
      second[i] = derivatives.second[row] ?? 0;
    }
    const own = { first: first.subarray(from, to), second: second.subarray(from, to) };
    countRows(histogram, data, columns, order.subarray(from, to), own);
  }

  /** Puts the rows that go below before the others, each in their order. Returns where the others begin. */
  function partition(feature: number, bin: number, from: number, to: number): number {
    const bins = columnOf(data, feature);
    let middle = from;
    let kept = 0;
    for (let i = from; i < to; i++) {
      const row = order[i] ?? 0;
      if ((bins[row] ?? 0) <= bin) order[middle++] = row;
      else spare[kept++] = row;
    }
    order.set(spare.subarray(0, kept), middle);
    return middle;
  }

  const [root] = histograms;
  if (root !== undefined) count(root, 0, order.length);
  return grow(0, order.length, totalOf(derivatives, order), root, 0);
}

function totalOf({ first, second }: Derivatives, rows: Uint32Array): Sums {
  const sums = { first: 0, second: 0 };
  for (const row of rows) {
    sums.first += first[row] ?? 0;
    sums.second += second[row] ?? 0;
  }
  return sums;
}

function subtract(from: Float64Array, other: Float64Array): void {
  for (let i = 0; i < from.length; i++) from[i] = (from[i] ?? 0) - (other[i] ?? 0);
}
