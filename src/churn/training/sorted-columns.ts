/**
 * The columns of a row-major matrix, each ascending, one after the other. To sort them takes as long as to grow some dozen
 * trees, and both scaling and binning need it.
 */
export function sortedColumns(x: Float64Array, width: number): Float64Array {
  const rows = width === 0 ? 0 : x.length / width;
  const sorted = new Float64Array(x.length);
  for (let j = 0; j < width; j++) {
    const column = sorted.subarray(j * rows, (j + 1) * rows);
    for (let i = 0; i < rows; i++) column[i] = x[i * width + j] ?? 0;
    column.sort();
  }
  return sorted;
}
