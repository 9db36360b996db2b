import { countsIn, type RankedColumn, type RankedRows, repeated } from "./ranked-rows.ts";

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
export function binned({ rows, columns }: RankedRows): Binned {
  const ascending = new Float64Array(rows.length);
  const bins = new Uint8Array(rows.length * columns.length);
  const thresholds = columns.map((column, j) => {
    const cuts = cutsOf(repeated(column.values, countsIn(rows, column), ascending));
    fillBins(bins.subarray(j * rows.length, (j + 1) * rows.length), rows, column, cuts);
    return cuts;
  });
  return { rows: rows.length, bins, thresholds };
}

/** Sets the bin of each row in a column: one is looked for only once for each value. */
function fillBins(bins: Uint8Array, rows: Uint32Array, { values, ranks }: RankedColumn, cuts: Float64Array): void {
  const ofRank = new Uint8Array(values.length);
  for (let rank = 0; rank < ofRank.length; rank++) ofRank[rank] = binOf(values[rank] ?? 0, cuts);
  for (let i = 0; i < bins.length; i++) bins[i] = ofRank[ranks[rows[i] ?? 0] ?? 0] ?? 0;
}

function cutsOf(sorted: Float64Array): Float64Array {
  let distinct = sorted.length === 0 ? 0 : 1;
  for (let i = 1; i < sorted.length; i++) if (sorted[i] !== sorted[i - 1]) distinct += 1;
  const fewest = distinct <= mostBins ? 0 : sorted.length / mostBins;
  const cuts: number[] = [];
  let start = 0;
  for (let i = 1; i < sorted.length && cuts.length < mostBins - 1; i++) {
    const [below = 0, above = 0] = [sorted[i - 1], sorted[i]];
    if (above === below || i - start < fewest) continue;
    cuts.push(between(below, above));
    start = i;
  }
  return Float64Array.from(cuts);
}

/** A number from `below` on that is less than `above`. */
function between(below: number, above: number): number {
  const middle = below + (above - below) / 2;
  return middle < above ? middle : below;
}

/** How many cuts are below the value. */
function binOf(value: number, cuts: Float64Array): number {
  let low = 0;
  let high = cuts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cuts[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
