import { solverOf } from "../statistics/cholesky.ts";

/** Solves A s = b for a symmetric positive definite A; see solverOf. `matrix` is row-major, size x size. */
export function solvePositiveDefinite(matrix: Float64Array, vector: Float64Array, size: number): Float64Array {
  return solverOf(matrix, size)(vector);
}
