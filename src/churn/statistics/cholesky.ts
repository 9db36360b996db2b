/**
 * The share of each column of a regression that the columns before it do not explain, from its XᵀX (row-major, lower
 * triangle): near zero where a column repeats others.
 */
export function pivotsOf(gram: Float64Array, size: number): number[] {
  const lower = decompose(gram, size);
  return Array.from({ length: size }, (_, i) => {
    const diagonal = gram[i * size + i] ?? 0;
    return diagonal === 0 ? 0 : (lower[i * size + i] ?? 0) ** 2 / diagonal;
  });
}

/**
 * Decomposes a symmetric positive definite matrix (row-major, of which only the lower triangle is read) by Cholesky's
 * method, to solve A s = b for any b. A pivot that rounding has made non-positive is lifted to a tiny positive one, which
 * shortens the solution in that direction.
 */
export function solverOf(matrix: Float64Array, size: number): (vector: Float64Array) => Float64Array {
  const lower = decompose(matrix, size);
  return (vector) => {
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
  };
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
