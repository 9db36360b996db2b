import { sigmoid } from "../model/logistic.ts";
import { dot } from "../statistics/dot.ts";
import { type Design, hessianOf } from "./logistic-hessian.ts";
import { QuasiNewton } from "./quasi-newton.ts";

/** A design matrix with labels. */
export interface LogisticProblem extends Design {
  /** 1 or 0 for each row. */
  readonly y: Uint8Array;
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
/** A Hessian, by far the most work, is computed anew after a step that leaves more than this share of the gradient, */
const slow = 0.25;
/** as long as the gradient is above this share of that at zero: nearer to the optimum the steps themselves tell what has changed. */
const near = 1e-2;
/** It is estimated from this many rows for each column, where there are more: as the steps correct it, the optimum is the same. */
const rowsPerColumn = 20;
/** An estimate whose step leaves more than this share misleads, as where a column is zero in all rows that were looked at: all are, then. */
const misled = 0.9;

/**
 * Minimises sum_i log(1 + exp(-s_i z_i)) + l2/2 |w|², s = 2y - 1, z = w·x + b, to its true optimum by Newton's method
 * (iteratively reweighted least squares; Hastie, Tibshirani, Friedman, The Elements of Statistical Learning, 4.4.1) with a
 * line search. A Hessian is estimated from some of the rows (Roosta-Khorasani, Mahoney, Sub-sampled Newton methods, 2019). Near the
 * optimum it is kept, and corrected by what the steps since have met: each then costs one pass over the rows, of which a Hessian of
 * a hundred columns and all rows costs a dozen. scikit-learn's LogisticRegression(C = 1 / l2) has the
 * same objective. The penalty makes it strictly convex in w; with labels of one class only, the intercept has no finite
 * optimum and the caller must not ask.
 */
export function fitLogistic(problem: LogisticProblem, { start, tolerance = 1e-9 }: FitOptions = {}): LogisticFit {
  const size = problem.width + 1;
  let stride = Math.max(1, Math.floor(problem.y.length / (rowsPerColumn * size)));
  const zero = pointAt(problem, new Float64Array(size));
  const reference = norm(zero.gradient);
  let current = start === undefined ? zero : pointAt(problem, Float64Array.of(...start.weights, start.intercept));
  let newton: QuasiNewton | undefined;
  let iterations = 0;
  let isFresh = false;
  while (norm(current.gradient) > tolerance * reference && iterations < mostIterations) {
    isFresh = newton === undefined;
    newton ??= new QuasiNewton(hessianOf(problem, current.curvatures, stride), size);
    const next = lineSearch(problem, newton.step(current.gradient), current);
    iterations += 1;
    if (next === undefined) {
      if (isFresh && stride === 1) break;
      // An old Hessian leads nowhere any more, one of this point may; nor does an estimate, the Hessian may.
      if (isFresh) stride = 1;
      newton = undefined;
      continue;
    }
    newton.learn(current, next);
    const left = norm(next.gradient);
    const share = left / norm(current.gradient);
    if (newton.isFull || (isFresh && share > misled)) stride = 1;
    if (newton.isFull || (share > slow && left > near * reference)) newton = undefined;
    current = next;
  }
  return {
    weights: current.theta.slice(0, problem.width),
    intercept: current.theta[problem.width] ?? 0,
    gradientNorm: reference === 0 ? 0 : norm(current.gradient) / reference,
    iterations,
  };
}

interface Point {
  /** The weights, and after them the intercept. */
  readonly theta: Float64Array;
  readonly value: number;
  readonly gradient: Float64Array;
  /** Second derivative of the loss of each row by its log-odds. */
  readonly curvatures: Float64Array;
}

/** Halves the Newton step until the objective falls enough (Armijo); undefined when rounding leaves nothing to gain. */
function lineSearch(problem: LogisticProblem, step: Float64Array, from: Point): Point | undefined {
  const slope = dot(step, from.gradient);
  const rounding = 1e-13 * Math.abs(from.value);
  for (let length = 1; length > 1e-10; length /= 2) {
    const candidate = from.theta.map((value, j) => value - length * (step[j] ?? 0));
    const reached = pointAt(problem, candidate);
    if (reached.value <= from.value - 1e-4 * length * slope + rounding) return reached;
  }
  return undefined;
}

/** Rows are taken this many at a time, so that the gradient is read and written a fourth as often, and no sum waits for another. */
const blockRows = 4;

/** Objective and gradient at theta, in one pass over the rows. */
function pointAt({ x, y, width, l2 }: LogisticProblem, theta: Float64Array): Point {
  const gradient = new Float64Array(width + 1);
  const curvatures = new Float64Array(y.length);
  const intercept = theta[width] ?? 0;
  const z = new Float64Array(blockRows);
  const residuals = new Float64Array(blockRows);
  let value = 0;
  for (let from = 0; from < y.length; from += blockRows) {
    // The last row stands for those that a last block lacks, whose residuals are 0.
    const last = y.length - 1;
    const row0 = width * from;
    const row1 = width * Math.min(from + 1, last);
    const row2 = width * Math.min(from + 2, last);
    const row3 = width * Math.min(from + 3, last);
    let z0 = intercept;
    let z1 = intercept;
    let z2 = intercept;
    let z3 = intercept;
    for (let j = 0; j < width; j++) {
      const weight = theta[j] ?? 0;
      z0 += (x[row0 + j] ?? 0) * weight;
      z1 += (x[row1 + j] ?? 0) * weight;
      z2 += (x[row2 + j] ?? 0) * weight;
      z3 += (x[row3 + j] ?? 0) * weight;
    }
    z[0] = z0;
    z[1] = z1;
    z[2] = z2;
    z[3] = z3;
    residuals.fill(0);
    for (let slot = 0; slot < blockRows && from + slot < y.length; slot++) {
      const ofRow = z[slot] ?? 0;
      const label = y[from + slot] ?? 0;
      const p = sigmoid(ofRow);
      value += Math.max(ofRow, 0) - label * ofRow + Math.log1p(Math.exp(-Math.abs(ofRow)));
      residuals[slot] = p - label;
      gradient[width] = (gradient[width] ?? 0) + p - label;
      curvatures[from + slot] = p * (1 - p);
    }
    const [e0 = 0, e1 = 0, e2 = 0, e3 = 0] = residuals;
    for (let j = 0; j < width; j++) {
      const added =
        e0 * (x[row0 + j] ?? 0) + e1 * (x[row1 + j] ?? 0) + e2 * (x[row2 + j] ?? 0) + e3 * (x[row3 + j] ?? 0);
      gradient[j] = (gradient[j] ?? 0) + added;
    }
  }
  for (let j = 0; j < width; j++) {
    const weight = theta[j] ?? 0;
    value += (l2 / 2) * weight * weight;
    gradient[j] = (gradient[j] ?? 0) + l2 * weight;
  }
  return { theta, value, gradient, curvatures };
}

function norm(vector: Float64Array): number {
  return Math.sqrt(dot(vector, vector));
}
