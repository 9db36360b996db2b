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

/** How many of the rows have each value, of every column. */
export function countsOf({ rows, columns }: RankedRows): readonly Uint32Array[] {
  return columns.map(({ values, ranks }) => {
    const counts = new Uint32Array(values.length);
    for (let i = 0; i < rows.length; i++) {
      const rank = ranks[rows[i] ?? 0] ?? 0;
      counts[rank] = (counts[rank] ?? 0) + 1;
    }
    return counts;
  });
}

/** The value at a place among all that some rows have in a column, ascending, each as often as it is counted. */
export function valueAt(values: Float64Array, counts: Uint32Array, place: number): number | undefined {
  let before = 0;
  for (let rank = 0; rank < counts.length; rank++) {
    before += counts[rank] ?? 0;
    if (before > place) return values[rank];
  }
  return undefined;
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
  return rankCounts(column) ?? rankNumbers(column);
}

/** Whole numbers below this are ranked by counting them. */
const countable = 2 ** 16;

/** Undefined if there are other numbers in the column than counts of something. */
function rankCounts(column: Float64Array): RankedColumn | undefined {
  let most = 0;
  for (let i = 0; i < column.length; i++) {
    const value = column[i] ?? 0;
    if (value >>> 0 !== value || value >= countable) return undefined;
    if (value > most) most = value;
  }
  const rankOf = new Uint32Array(most + 1);
  for (let i = 0; i < column.length; i++) rankOf[column[i] ?? 0] = 1;
  const values = new Float64Array(most + 1);
  let count = 0;
  for (let value = 0; value <= most; value++) {
    if (rankOf[value] === 0) continue;
    rankOf[value] = count;
    values[count++] = value;
  }
  const ranks = new Uint32Array(column.length);
  for (let i = 0; i < column.length; i++) ranks[i] = rankOf[column[i] ?? 0] ?? 0;
  return { values: values.slice(0, count), ranks };
}

function rankNumbers(column: Float64Array): RankedColumn {
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
