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

/**
 * Minimises sum_i log(1 + exp(-s_i z_i)) + l2/2 |w|², s = 2y - 1, z = w·x + b, to its true optimum by Newton's method
 * (iteratively reweighted least squares; Hastie, Tibshirani, Friedman, The Elements of Statistical Learning, 4.4.1) with a
 * line search. Near the optimum a Hessian is kept, and corrected by what the steps since have met: each then costs one pass
 * over the rows, of which a Hessian of a hundred columns costs a dozen. scikit-learn's LogisticRegression(C = 1 / l2) has the
 * same objective. The penalty makes it strictly convex in w; with labels of one class only, the intercept has no finite
 * optimum and the caller must not ask.
 */
export function fitLogistic(problem: LogisticProblem, { start, tolerance = 1e-9 }: FitOptions = {}): LogisticFit {
  const size = problem.width + 1;
  const reference = norm(gradientAtZero(problem));
  const theta = new Float64Array(size);
  if (start !== undefined) theta.set([...start.weights, start.intercept]);
  let current = pointAt(problem, theta);
  let newton: QuasiNewton | undefined;
  let iterations = 0;
  let isFresh = false;
  while (norm(current.gradient) > tolerance * reference && iterations < mostIterations) {
    isFresh = newton === undefined;
    newton ??= new QuasiNewton(hessianOf(problem, current.curvatures), size);
    const next = lineSearch(problem, newton.step(current.gradient), current);
    iterations += 1;
    if (next === undefined) {
      if (isFresh) break;
      // An old Hessian leads nowhere any more; one of this point may.
      newton = undefined;
      continue;
    }
    newton.learn(current, next);
    const left = norm(next.gradient);
    const isSlow = left > slow * norm(current.gradient);
    if ((isSlow && left > near * reference) || newton.isFull) newton = undefined;
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

/** Objective and gradient at theta, in one pass over the rows. */
function pointAt({ x, y, width, l2 }: LogisticProblem, theta: Float64Array): Point {
  const gradient = new Float64Array(width + 1);
  const curvatures = new Float64Array(y.length);
  let value = 0;
  for (let i = 0; i < y.length; i++) {
    const row = i * width;
    let z = theta[width] ?? 0;
    for (let j = 0; j < width; j++) z += (x[row + j] ?? 0) * (theta[j] ?? 0);
    const label = y[i] ?? 0;
    const p = sigmoid(z);
    value += Math.max(z, 0) - label * z + Math.log1p(Math.exp(-Math.abs(z)));
    const residual = p - label;
    for (let j = 0; j < width; j++) gradient[j] = (gradient[j] ?? 0) + residual * (x[row + j] ?? 0);
    gradient[width] = (gradient[width] ?? 0) + residual;
    curvatures[i] = p * (1 - p);
  }
  for (let j = 0; j < width; j++) {
    const weight = theta[j] ?? 0;
    value += (l2 / 2) * weight * weight;
    gradient[j] = (gradient[j] ?? 0) + l2 * weight;
  }
  return { theta, value, gradient, curvatures };
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
