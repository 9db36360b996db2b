/** Columns that are read at a time: of a row they stand side by side, in a cache line or two. */
export const blockColumns = 8;

/**
 * The columns of a row-major matrix, each ascending, one after the other. To sort them takes as long as to grow some dozen
 * trees, and both scaling and binning need it.
 */
export function sortedColumns(x: Float64Array, width: number): Float64Array {
  const rows = width === 0 ? 0 : x.length / width;
  const sorted = new Float64Array(x.length);
  for (let from = 0; from < width; from += blockColumns) {
    const to = Math.min(width, from + blockColumns);
    for (let i = 0; i < rows; i++) for (let j = from; j < to; j++) sorted[j * rows + i] = x[i * width + j] ?? 0;
    for (let j = from; j < to; j++) sorted.subarray(j * rows, (j + 1) * rows).sort();
  }
  return sorted;
}
