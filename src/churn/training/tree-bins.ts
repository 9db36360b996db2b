import { blockColumns, sortedColumns } from "./sorted-columns.ts";

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
 * Cuts each column of a row-major matrix into bins of about equally many rows, halfway between two values that occur;
 * a column of at most 64 values gets a bin for each. `sorted` are the columns, if they are known.
 */
export function binned(x: Float64Array, width: number, sorted = sortedColumns(x, width)): Binned {
  const rows = x.length / width;
  const thresholds = Array.from({ length: width }, (_, j) => cutsOf(sorted.subarray(j * rows, (j + 1) * rows)));
  const bins = new Uint8Array(x.length);
  for (let from = 0; from < width; from += blockColumns) {
    const block = thresholds.slice(from, from + blockColumns);
    for (let i = 0; i < rows; i++)
      for (const [offset, cuts] of block.entries())
        bins[(from + offset) * rows + i] = binOf(x[i * width + from + offset] ?? 0, cuts);
  }
  return { rows, bins, thresholds };
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
