import { sigmoid } from "../model/logistic.ts";
import { solvePositiveDefinite } from "./solve.ts";

/** A design matrix with labels. */
export interface LogisticProblem {
  /** Row-major, rows x width; standardised, as the penalty treats all columns alike. */
  readonly x: Float64Array;
  readonly y: Uint8Array;
  readonly width: number;
  /** Strength of the penalty l2/2 |w|²; the intercept is free. Positive. */
  readonly l2: number;
}

export interface Coefficients {
  readonly weights: Float64Array;
  readonly intercept: number;
}

export interface LogisticFit extends Coefficients {
  /** Norm of the gradient at the solution over the norm at zero. */
  readonly gradientNorm: number;
  readonly iterations: number;
}

export interface FitOptions {
  /** Where to begin; zero by default. */
  readonly start?: Coefficients | undefined;
  /** Relative gradient norm to stop at. */
  readonly tolerance?: number;
}

const mostIterations = 100;
/** Relative gradient norm below which the Hessian, by far the most work, hardly changes any more and is kept. */
const near = 1e-2;
/** Unless a step with it leaves more than this share of the gradient. */
const slow = 0.25;

/**
 * Minimises sum_i v_i log(1 + exp(-s_i z_i)) + l2/2 |w|², s = 2y - 1, z = w·x + b, v the row weights, to its true
 * optimum by Newton's method (iteratively reweighted least squares; Hastie, Tibshirani, Friedman, The Elements of
 * Statistical Learning, 4.4.1) with a line search. scikit-learn's LogisticRegression(C = 1 / l2) has the same
 * objective. The penalty makes it strictly convex in w; with labels of one class only, the intercept has no finite
 * optimum and the caller must not ask.
 */
export function fitLogistic(problem: LogisticProblem, { start, tolerance = 1e-9 }: FitOptions = {}): LogisticFit {
  const size = problem.width + 1;
  let theta = new Float64Array(size);
  const reference = norm(gradientAtZero(problem));
  if (start !== undefined) theta.set([...start.weights, start.intercept]);
  let current = derivatives(problem, theta);
  let iterations = 0;
  while (norm(current.gradient) > tolerance * reference && iterations < mostIterations) {
    const step = solvePositiveDefinite(current.hessian, current.gradient, size);
    const kept = norm(current.gradient) < near * reference ? current.hessian : undefined;
    const next = lineSearch(problem, theta, step, current, kept);
    iterations += 1;
    if (next === undefined) break;
    theta = next.theta;
    const isSlow = norm(next.reached.gradient) > slow * norm(current.gradient);
    current = kept !== undefined && isSlow ? derivatives(problem, theta) : next.reached;
  }
  return {
    weights: theta.slice(0, problem.width),
    intercept: theta[problem.width] ?? 0,
    gradientNorm: reference === 0 ? 0 : norm(current.gradient) / reference,
    iterations,
  };
}

interface Derivatives {
  readonly value: number;
  readonly gradient: Float64Array;
  /** Row-major, size x size, lower triangle filled. */
  readonly hessian: Float64Array;
}

/** Halves the Newton step until the objective falls enough (Armijo); undefined when rounding leaves nothing to gain. */
function lineSearch(
  problem: LogisticProblem,
  theta: Float64Array,
  step: Float64Array,
  from: Derivatives,
  hessian: Float64Array | undefined,
): { theta: Float64Array<ArrayBuffer>; reached: Derivatives } | undefined {
  const slope = dot(step, from.gradient);
  const rounding = 1e-13 * Math.abs(from.value);
  for (let length = 1; length > 1e-10; length /= 2) {
    const candidate = theta.map((value, j) => value - length * (step[j] ?? 0));
    const reached = derivatives(problem, candidate, hessian);
    if (reached.value <= from.value - 1e-4 * length * slope + rounding) return { theta: candidate, reached };
  }
  return undefined;
}

/** Rows are taken this many at a time, so that the Hessian is read and written a fourth as often. */
const blockRows = 4;

/** Objective, gradient and Hessian at theta = (w, b), in one pass over the rows; the Hessian of another theta if it is given. */
function derivatives(problem: LogisticProblem, theta: Float64Array, kept?: Float64Array): Derivatives {
  const { width, l2 } = problem;
  const size = width + 1;
  const { gradient, hessian, value: loss } = sumsOver(problem, theta, kept === undefined);
  let value = loss;
  for (let j = 0; j < width; j++) {
    const weight = theta[j] ?? 0;
    value += (l2 / 2) * weight * weight;
    gradient[j] = (gradient[j] ?? 0) + l2 * weight;
    hessian[j * size + j] = (hessian[j * size + j] ?? 0) + l2;
  }
  return { value, gradient, hessian: kept ?? hessian };
}

/** The sums over the rows, without the penalty; a Hessian of zeros if it is not asked for. */
function sumsOver({ x, y, width }: LogisticProblem, theta: Float64Array, withHessian: boolean): Derivatives {
  const size = width + 1;
  const gradient = new Float64Array(size);
  const hessian = new Float64Array(size * size);
  const block = new Float64Array(blockRows * size);
  const curvature = new Float64Array(blockRows);
  let value = 0;
  for (let i = 0; i < y.length; i++) {
    const slot = i % blockRows;
    const at = slot * size;
    const offset = i * width;
    let z = theta[width] ?? 0;
    for (let j = 0; j < width; j++) {
      const xj = x[offset + j] ?? 0;
      block[at + j] = xj;
      z += xj * (theta[j] ?? 0);
    }
    block[at + width] = 1;
    const label = y[i] ?? 0;
    const p = sigmoid(z);
    value += Math.max(z, 0) - label * z + Math.log1p(Math.exp(-Math.abs(z)));
    const residual = p - label;
    for (let j = 0; j < size; j++) gradient[j] = (gradient[j] ?? 0) + residual * (block[at + j] ?? 0);
    curvature[slot] = p * (1 - p);
    if (withHessian && (slot === blockRows - 1 || i === y.length - 1)) {
      addBlock(hessian, block, curvature, size);
      curvature.fill(0);
    }
  }
  return { value, gradient, hessian };
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

/** With w = b = 0 every probability is one half. */
function gradientAtZero({ x, y, width }: LogisticProblem): Float64Array {
  const gradient = new Float64Array(width + 1);
  for (let i = 0; i < y.length; i++) {
    const residual = 0.5 - (y[i] ?? 0);
    for (let j = 0; j < width; j++) gradient[j] = (gradient[j] ?? 0) + residual * (x[i * width + j] ?? 0);
    gradient[width] = (gradient[width] ?? 0) + residual;
  }
  return gradient;
}

function norm(vector: Float64Array): number {
  return Math.sqrt(dot(vector, vector));
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += (a[j] ?? 0) * (b[j] ?? 0);
  return sum;
}
