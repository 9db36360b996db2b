import { type Binned, mostBins } from "./tree-bins.ts";

/**
 * First and second derivative of the loss by the log-odds of each row, side by side. They are multiples of a power of two small enough
 * for every sum to be exact, in whatever order it is added up.
 */
export type Derivatives = Float64Array;

/** Columns are counted four at a time, so that an addition need not wait for the one before it. */
const blockColumns = 4;
const columnSize = 2 * mostBins;

/** Room for the sums of the first and of the second derivatives in each bin of the given number of columns. */
export function newHistogram(columns: number): Float64Array {
  return new Float64Array(Math.ceil(columns / blockColumns) * blockColumns * columnSize);
}

/** Where the sums of a bin stand: that of the first derivatives, and right after it that of the second. */
export function placeOf(slot: number, bin: number): number {
  return slot * columnSize + 2 * bin;
}

/** Sets a histogram of some columns to the sums over rows. `derivatives` are those of the rows, in the order of `rows`. Best for few rows. */
export function countRows(
  histogram: Float64Array,
  data: Binned,
  columns: readonly number[],
  rows: Uint32Array,
  derivatives: Derivatives,
): void {
  histogram.fill(0);
  for (let slot = 0; slot < columns.length; slot += blockColumns) {
    // What a last block lacks is counted twice, into room of its own.
    const binsOf = (offset: number) => columnOf(data, columns[slot + offset] ?? columns[slot] ?? 0);
    const start = placeOf(slot, 0);
    const block = histogram.subarray(start, start + blockColumns * columnSize);
    countBlock(block, [binsOf(0), binsOf(1), binsOf(2), binsOf(3)], rows, derivatives);
  }
}

/** The bins of a column, by row. */
export function columnOf({ bins, rows }: Binned, column: number): Uint8Array {
  return bins.subarray(column * rows, (column + 1) * rows);
}

function countBlock(
  sums: Float64Array,
  [a, b, c, d]: readonly [Uint8Array, Uint8Array, Uint8Array, Uint8Array],
  rows: Uint32Array,
  derivatives: Derivatives,
): void {
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] ?? 0;
    const g = derivatives[2 * i] ?? 0;
    const h = derivatives[2 * i + 1] ?? 0;
    const inA = 2 * (a[row] ?? 0);
    const inB = 2 * (b[row] ?? 0) + columnSize;
    const inC = 2 * (c[row] ?? 0) + 2 * columnSize;
    const inD = 2 * (d[row] ?? 0) + 3 * columnSize;
    sums[inA] = (sums[inA] ?? 0) + g;
    sums[inA + 1] = (sums[inA + 1] ?? 0) + h;
    sums[inB] = (sums[inB] ?? 0) + g;
    sums[inB + 1] = (sums[inB + 1] ?? 0) + h;
    sums[inC] = (sums[inC] ?? 0) + g;
    sums[inC + 1] = (sums[inC + 1] ?? 0) + h;
    sums[inD] = (sums[inD] ?? 0) + g;
    sums[inD + 1] = (sums[inD + 1] ?? 0) + h;
  }
}
