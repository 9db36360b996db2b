import { countsOf, type RankedColumn, type RankedRows } from "./ranked-rows.ts";

/** A matrix in which each value is replaced by the number of the bin of its column that it lies in. */
export interface Binned {
  readonly rows: number;
  /** Column-major, width x rows. */
  readonly bins: Uint8Array;
  /** Upper ends of the bins of each column, ascending, without that of the last: x <= thresholds[b] lies in bin b or below. */
  readonly thresholds: readonly Float64Array[];
}

/** Of a column. More made no model better, and histograms of small samples slower. */
export const mostBins = 64;

/**
 * Cuts each column of some rows into bins of about equally many rows, halfway between two values that occur; a column of at
 * most 64 values gets a bin for each.
 */
export function binned(ranked: RankedRows, counts = countsOf(ranked)): Binned {
  const { rows, columns } = ranked;
  const bins = new Uint8Array(rows.length * columns.length);
  const thresholds = columns.map((column, j) => {
    const cuts = cutsOf(column.values, counts[j] ?? new Uint32Array(0), rows.length);
    fillBins(bins.subarray(j * rows.length, (j + 1) * rows.length), rows, column, cuts);
    return cuts;
  });
  return { rows: rows.length, bins, thresholds };
}

/** Sets the bin of each row in a column, which is how many cuts are below its value: they are counted once for each value. */
function fillBins(bins: Uint8Array, rows: Uint32Array, { values, ranks }: RankedColumn, cuts: Float64Array): void {
  const ofRank = new Uint8Array(values.length);
  let bin = 0;
  for (let rank = 0; rank < ofRank.length; rank++) {
    const value = values[rank] ?? 0;
    while (bin < cuts.length && (cuts[bin] ?? 0) < value) bin += 1;
    ofRank[rank] = bin;
  }
  for (let i = 0; i < bins.length; i++) bins[i] = ofRank[ranks[rows[i] ?? 0] ?? 0] ?? 0;
}

/** Of values of which each occurs in as many of the rows as it is counted. */
function cutsOf(values: Float64Array, counts: Uint32Array, rows: number): Float64Array {
  let distinct = 0;
  for (let rank = 0; rank < counts.length; rank++) if (counts[rank] !== 0) distinct += 1;
  const fewest = distinct <= mostBins ? 0 : rows / mostBins;
  const cuts: number[] = [];
  let start = 0;
  let before = 0;
  let below = 0;
  for (let rank = 0; rank < counts.length && cuts.length < mostBins - 1; rank++) {
    const count = counts[rank] ?? 0;
    if (count === 0) continue;
    const value = values[rank] ?? 0;
    if (before > 0 && before - start >= fewest) {
      cuts.push(between(below, value));
      start = before;
    }
    below = value;
    before += count;
  }
  return Float64Array.from(cuts);
}

/** A number from `below` on that is less than `above`. */
function between(below: number, above: number): number {
  const middle = below + (above - below) / 2;
  return middle < above ? middle : below;
}
