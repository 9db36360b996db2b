import { bestSplit, type SplitOptions, type Sums } from "./best-split.ts";
import { type BinLists, countLists } from "./bin-lists.ts";
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
  /** Of each row of the data; zeros for those that are not in the sample. */
  readonly derivatives: Derivatives;
}

export interface GrownTree {
  readonly root: BinnedNode;
  /** The value that rows of the sample got. */
  readonly leaves: readonly { readonly value: number; readonly rows: Uint32Array }[];
}

/**
 * Grows the tree that lowers the loss of some rows, in second-order approximation, by one best split after the other
 * (Chen and Guestrin 2016, XGBoost, equations 5 and 7).
 */
export function growTree(
  data: Binned,
  lists: ReadonlyMap<number, BinLists>,
  sample: Sample,
  options: TreeOptions,
): GrownTree {
  const { columns, derivatives } = sample;
  const { depth: mostDepth, rate, lambda } = options;
  const order = sample.rows.slice();
  const spare = new Uint32Array(order.length);
  // The derivatives of the rows that are being counted, side by side, as each column goes through them once more.
  const gathered = new Float64Array(2 * order.length);
  const leaves: { value: number; rows: Uint32Array }[] = [];
  const histograms = Array.from({ length: mostDepth }, () => newHistogram(columns.length));

  /** A tree of the rows order[from] … order[to - 1], whose histogram is used up. */
  function grow(from: number, to: number, sums: Sums, histogram: Float64Array | undefined, depth: number): BinnedNode {
    if (histogram === undefined) return leaf(from, to, sums);
    const split = bestSplit(histogram, columns, sums, options);
    if (split === undefined) return leaf(from, to, sums);
    const { feature, bin, below, above } = split;
    const middle = divide(order, spare, columnOf(data, feature), { bin, from, to });
    order.set(spare.subarray(0, to - middle), middle);
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

  function leaf(from: number, to: number, { first, second }: Sums): BinnedNode {
    const value = (-rate * first) / (second + lambda);
    leaves.push({ value, rows: order.subarray(from, to) });
    return { value };
  }

  /** Sets a histogram to the sums of rows. */
  function count(histogram: Float64Array, from: number, to: number): void {
    gather(gathered, derivatives, order, from, to);
    countRows(histogram, data, columns, order.subarray(from, to), gathered.subarray(2 * from, 2 * to));
  }

  const [histogram] = histograms;
  const totals = totalOf(derivatives);
  if (histogram !== undefined) countLists(histogram, lists, columns, derivatives, totals);
  return { root: grow(0, order.length, totals, histogram, 0), leaves };
}

/*
 * Loops over rows are the last thing that a function does. What follows one is not compiled while V8 replaces the function within its first
 * loop, and Node 20 keeps what it compiled so: at the end of each loop it would go back to interpreting, thousands of times.
 */

/** Sets the places from 2 · from on to the derivatives of the rows of order[from] … order[to - 1], side by side. */
function gather(gathered: Float64Array, derivatives: Derivatives, order: Uint32Array, from: number, to: number): void {
  for (let i = from; i < to; i++) {
    const row = order[i] ?? 0;
    gathered[2 * i] = derivatives[2 * row] ?? 0;
    gathered[2 * i + 1] = derivatives[2 * row + 1] ?? 0;
  }
}

/**
 * Puts those of the rows of order[from] … order[to - 1] that go below at its beginning and the others in `spare`, all in their order.
 * Returns where those below end.
 */
function divide(
  order: Uint32Array,
  spare: Uint32Array,
  bins: Uint8Array,
  { bin, from, to }: { readonly bin: number; readonly from: number; readonly to: number },
): number {
  let middle = from;
  let kept = 0;
  for (let i = from; i < to; i++) {
    const row = order[i] ?? 0;
    if ((bins[row] ?? 0) <= bin) order[middle++] = row;
    else spare[kept++] = row;
  }
  return middle;
}

function totalOf(derivatives: Derivatives): Sums {
  let first = 0;
  let second = 0;
  for (let at = 0; at < derivatives.length; at += 2) {
    first += derivatives[at] ?? 0;
    second += derivatives[at + 1] ?? 0;
  }
  return { first, second };
}

function subtract(from: Float64Array, other: Float64Array): void {
  for (let i = 0; i < from.length; i++) from[i] = (from[i] ?? 0) - (other[i] ?? 0);
}
