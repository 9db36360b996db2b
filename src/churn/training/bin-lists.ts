import type { Sums } from "./best-split.ts";
import { type Binned, mostBins } from "./tree-bins.ts";
import { columnOf, type Derivatives, placeOf } from "./tree-histogram.ts";

/**
 * The rows of each bin of a column, bin by bin. Those of the bin that most rows are in are left out: its sums are what the others
 * leave of the total.
 */
export interface BinLists {
  readonly rows: Uint32Array;
  /** Where the rows of each bin end; those of the most frequent one are none. */
  readonly ends: Uint32Array;
  readonly mostFrequent: number;
}

/** The lists of some columns, by their number. */
export function binListsOf(data: Binned, columns: readonly number[]): ReadonlyMap<number, BinLists> {
  return new Map(columns.map((column) => [column, listsOf(columnOf(data, column))]));
}

/**
 * Sets a histogram of some columns to the sums over all rows, whose totals are given; rows that do not count have zeros for
 * derivatives. Best for most rows, of which `countRows` takes half as long again: each sum is added up without being stored in
 * between, and the most frequent bin is passed over.
 */
export function countLists(
  histogram: Float64Array,
  lists: ReadonlyMap<number, BinLists>,
  columns: readonly number[],
  derivatives: Derivatives,
  totals: Sums,
): void {
  histogram.fill(0);
  for (const [slot, column] of columns.entries()) {
    const list = lists.get(column);
    if (list !== undefined) countColumn(histogram, placeOf(slot, 0), list, derivatives, totals);
  }
}

function countColumn(
  sums: Float64Array,
  place: number,
  { rows, ends, mostFrequent }: BinLists,
  derivatives: Derivatives,
  totals: Sums,
): void {
  let firstLeft = totals.first;
  let secondLeft = totals.second;
  let i = 0;
  for (let bin = 0; bin < ends.length; bin++) {
    const end = ends[bin] ?? 0;
    // As four sums, so that an addition need not wait for the one before it.
    let g0 = 0;
    let g1 = 0;
    let g2 = 0;
    let g3 = 0;
    let h0 = 0;
    let h1 = 0;
    let h2 = 0;
    let h3 = 0;
    for (; i + 3 < end; i += 4) {
      const a = 2 * (rows[i] ?? 0);
      const b = 2 * (rows[i + 1] ?? 0);
      const c = 2 * (rows[i + 2] ?? 0);
      const d = 2 * (rows[i + 3] ?? 0);
      g0 += derivatives[a] ?? 0;
      h0 += derivatives[a + 1] ?? 0;
      g1 += derivatives[b] ?? 0;
      h1 += derivatives[b + 1] ?? 0;
      g2 += derivatives[c] ?? 0;
      h2 += derivatives[c + 1] ?? 0;
      g3 += derivatives[d] ?? 0;
      h3 += derivatives[d + 1] ?? 0;
    }
    for (; i < end; i++) {
      const a = 2 * (rows[i] ?? 0);
      g0 += derivatives[a] ?? 0;
      h0 += derivatives[a + 1] ?? 0;
    }
    const first = g0 + g1 + g2 + g3;
    const second = h0 + h1 + h2 + h3;
    sums[place + 2 * bin] = first;
    sums[place + 2 * bin + 1] = second;
    firstLeft -= first;
    secondLeft -= second;
  }
  sums[place + 2 * mostFrequent] = firstLeft;
  sums[place + 2 * mostFrequent + 1] = secondLeft;
}

function listsOf(bins: Uint8Array): BinLists {
  const counts = new Uint32Array(mostBins);
  countBins(counts, bins);
  const mostFrequent = counts.indexOf(counts.reduce((most, count) => Math.max(most, count), 0));
  const rows = new Uint32Array(bins.length - (counts[mostFrequent] ?? 0));
  counts[mostFrequent] = 0;
  // Where each bin begins; it ends where the next one begins once all rows are in their place.
  const ends = new Uint32Array(mostBins);
  for (let bin = 1; bin < mostBins; bin++) ends[bin] = (ends[bin - 1] ?? 0) + (counts[bin - 1] ?? 0);
  placeRows(rows, ends, bins, mostFrequent);
  return { rows, ends, mostFrequent };
}

function countBins(counts: Uint32Array, bins: Uint8Array): void {
  for (let row = 0; row < bins.length; row++) {
    const bin = bins[row] ?? 0;
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
}

function placeRows(rows: Uint32Array, ends: Uint32Array, bins: Uint8Array, mostFrequent: number): void {
  for (let row = 0; row < bins.length; row++) {
    const bin = bins[row] ?? 0;
    if (bin === mostFrequent) continue;
    const to = ends[bin] ?? 0;
    rows[to] = row;
    ends[bin] = to + 1;
  }
}
