/** The rows of a regression. */
export interface Design {
  /** Row-major, rows x width; standardised, as the penalty treats all columns alike. */
  readonly x: Float64Array;
  readonly width: number;
  /** Strength of the penalty l2/2 |w|²; the intercept is free. Positive. */
  readonly l2: number;
}

/** Rows are taken this many at a time, so that the Hessian is read and written a fourth as often. */
const blockRows = 4;

/**
 * The Hessian of a regression with the weights and, last, the intercept, where each row has the given second derivative:
 * sum_i curvatures[i] · (x_i, 1)(x_i, 1)ᵀ and the penalty. Row-major, of which the lower triangle is filled. Of every `stride`-th row
 * alone, which stands for those up to the next, it is an estimate.
 */
export function hessianOf({ x, width, l2 }: Design, curvatures: Float64Array, stride = 1): Float64Array {
  const size = width + 1;
  const hessian = new Float64Array(size * size);
  const block = new Float64Array(blockRows * size);
  const ofBlock = new Float64Array(blockRows);
  for (let from = 0; from < curvatures.length; from += blockRows * stride) {
    ofBlock.fill(0);
    for (let slot = 0; slot < blockRows; slot++) {
      const i = from + slot * stride;
      if (i >= curvatures.length) break;
      const row = i * width;
      const at = slot * size;
      for (let j = 0; j < width; j++) block[at + j] = x[row + j] ?? 0;
      block[at + width] = 1;
      ofBlock[slot] = stride * (curvatures[i] ?? 0);
    }
    addBlock(hessian, block, ofBlock, size);
  }
  for (let j = 0; j < width; j++) hessian[j * size + j] = (hessian[j * size + j] ?? 0) + l2;
  return hessian;
}

/**
 * Adds sum_r curvature[r] · row_r row_rᵀ over the block's four rows to the lower triangle: to two rows of it at a time, so that
 * what is read of the block serves both.
 */
function addBlock(hessian: Float64Array, block: Float64Array, curvature: Float64Array, size: number): void {
  const [c0 = 0, c1 = 0, c2 = 0, c3 = 0] = curvature;
  const [from1, from2, from3] = [size, 2 * size, 3 * size];
  // The last row goes with none where their number is odd.
  for (let j = 0; j < size; j += 2) {
    const f0 = c0 * (block[j] ?? 0);
    const f1 = c1 * (block[from1 + j] ?? 0);
    const f2 = c2 * (block[from2 + j] ?? 0);
    const f3 = c3 * (block[from3 + j] ?? 0);
    const upper = j * size;
    if (j + 1 === size) {
      for (let k = 0; k <= j; k++) {
        const added =
          f0 * (block[k] ?? 0) +
          f1 * (block[from1 + k] ?? 0) +
          f2 * (block[from2 + k] ?? 0) +
          f3 * (block[from3 + k] ?? 0);
        hessian[upper + k] = (hessian[upper + k] ?? 0) + added;
      }
      return;
    }
    const g0 = c0 * (block[j + 1] ?? 0);
    const g1 = c1 * (block[from1 + j + 1] ?? 0);
    const g2 = c2 * (block[from2 + j + 1] ?? 0);
    const g3 = c3 * (block[from3 + j + 1] ?? 0);
    const lower = upper + size;
    // The upper row gets one entry beyond the diagonal, which nothing reads.
    for (let k = 0; k <= j + 1; k++) {
      const x0 = block[k] ?? 0;
      const x1 = block[from1 + k] ?? 0;
      const x2 = block[from2 + k] ?? 0;
      const x3 = block[from3 + k] ?? 0;
      hessian[upper + k] = (hessian[upper + k] ?? 0) + (f0 * x0 + f1 * x1 + f2 * x2 + f3 * x3);
      hessian[lower + k] = (hessian[lower + k] ?? 0) + (g0 * x0 + g1 * x1 + g2 * x2 + g3 * x3);
    }
  }
}
