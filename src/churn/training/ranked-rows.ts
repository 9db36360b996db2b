import { orderOf } from "../order-of.ts";

/**
 * Rows of a matrix in which each value is replaced by its rank among those of its column. They are ranked once for all fits: what
 * fits to some of the rows need sorted is then counted, and what they compute of a value they compute once for all that have it.
 */
export interface RankedRows {
  /** Ascending, by their number in the matrix. */
  readonly rows: Uint32Array;
  readonly columns: readonly RankedColumn[];
}

export interface RankedColumn {
  /** The values that occur, ascending. */
  readonly values: Float64Array;
  /** Where the value of each row of the matrix stands among these. */
  readonly ranks: Uint32Array;
}

/** Columns that are read or written at a time: of a row they stand side by side, in a cache line or two. */
const blockColumns = 8;

/** Ranks the columns of a row-major matrix of finite numbers, and has all of its rows. */
export function rankRows(x: Float64Array, width: number): RankedRows {
  const rows = width === 0 ? 0 : x.length / width;
  const columns: RankedColumn[] = [];
  for (let from = 0; from < width; from += blockColumns) {
    const block = Array.from({ length: Math.min(blockColumns, width - from) }, () => new Float64Array(rows));
    for (let i = 0; i < rows; i++)
      for (let offset = 0; offset < block.length; offset++) {
        const column = block[offset];
        if (column !== undefined) column[i] = x[i * width + from + offset] ?? 0;
      }
    columns.push(...block.map(rankColumn));
  }
  return { rows: Uint32Array.from({ length: rows }, (_, row) => row), columns };
}

/** Those of the rows that `keep` accepts by their number in the matrix. */
export function selectRanked({ rows, columns }: RankedRows, keep: (row: number) => boolean): RankedRows {
  return { rows: rows.filter((row) => keep(row)), columns };
}

/** How many of the rows have each value of a column. */
export function countsIn(rows: Uint32Array, { values, ranks }: RankedColumn): Uint32Array {
  const counts = new Uint32Array(values.length);
  for (let i = 0; i < rows.length; i++) {
    const rank = ranks[rows[i] ?? 0] ?? 0;
    counts[rank] = (counts[rank] ?? 0) + 1;
  }
  return counts;
}

/** Each of some values as often as it is counted, in their order; written to `into`, which is as long as the counts are in all. */
export function repeated(values: Float64Array, counts: Uint32Array, into: Float64Array): Float64Array {
  let to = 0;
  for (let rank = 0; rank < counts.length; rank++) {
    const value = values[rank] ?? 0;
    for (const end = to + (counts[rank] ?? 0); to < end; to++) into[to] = value;
  }
  return into;
}

/** A row-major matrix of the rows, where a column's values are replaced by those of `instead` in the same places. */
export function matrixOf({ rows, columns }: RankedRows, instead: (column: RankedColumn, j: number) => Float64Array) {
  const width = columns.length;
  const x = new Float64Array(rows.length * width);
  for (const [j, column] of columns.entries()) {
    const { ranks } = column;
    const values = instead(column, j);
    for (let i = 0; i < rows.length; i++) x[i * width + j] = values[ranks[rows[i] ?? 0] ?? 0] ?? 0;
  }
  return x;
}

function rankColumn(column: Float64Array): RankedColumn {
  const order = orderOf(column);
  const ranks = new Uint32Array(column.length);
  const values = new Float64Array(column.length);
  let count = 0;
  for (let i = 0; i < order.length; i++) {
    const row = order[i] ?? 0;
    const value = column[row] ?? 0;
    if (count === 0 || value !== values[count - 1]) values[count++] = value;
    ranks[row] = count - 1;
  }
  return { values: values.slice(0, count), ranks };
}
