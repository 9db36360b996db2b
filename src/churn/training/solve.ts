/**
 * Solves A s = b for a symmetric positive definite A by Cholesky's decomposition.
 * `matrix` is row-major, size x size, of which only the lower triangle is read. A pivot that rounding has made
 * non-positive is lifted to a tiny positive one, which shortens the step in that direction.
 */
export function solvePositiveDefinite(matrix: Float64Array, vector: Float64Array, size: number): Float64Array {
  const lower = decompose(matrix, size);
  const solution = Float64Array.from(vector);
  for (let i = 0; i < size; i++) {
    let sum = solution[i] ?? 0;
    for (let k = 0; k < i; k++) sum -= (lower[i * size + k] ?? 0) * (solution[k] ?? 0);
    solution[i] = sum / (lower[i * size + i] ?? 1);
  }
  for (let i = size - 1; i >= 0; i--) {
    let sum = solution[i] ?? 0;
    for (let k = i + 1; k < size; k++) sum -= (lower[k * size + i] ?? 0) * (solution[k] ?? 0);
    solution[i] = sum / (lower[i * size + i] ?? 1);
  }
  return solution;
}

function decompose(matrix: Float64Array, size: number): Float64Array {
  const lower = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * size + j] ?? 0;
      for (let k = 0; k < j; k++) sum -= (lower[i * size + k] ?? 0) * (lower[j * size + k] ?? 0);
      if (i === j)
        lower[i * size + i] = Math.sqrt(Math.max(sum, 1e-12 * Math.abs(matrix[i * size + i] ?? 0), Number.MIN_VALUE));
      else lower[i * size + j] = sum / (lower[j * size + j] ?? 1);
    }
  }
  return lower;
}
