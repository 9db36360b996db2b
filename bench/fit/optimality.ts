import { sigmoid } from "#churn/model/logistic.ts";
import type { Coefficients, LogisticProblem } from "#churn/training/fit-logistic.ts";

export interface Optimality {
  /** Sum of log losses + l2/2 |w|². */
  readonly objective: number;
  /** Norm of its gradient over the norm at zero. */
  readonly gradientNorm: number;
}

/** How near to the optimum coefficients are: written apart from the fit, to judge it and its peers alike. */
export function optimality(problem: LogisticProblem, coefficients: Coefficients): Optimality {
  const zero = { weights: new Float64Array(problem.width), intercept: 0 };
  const { objective, norm } = lossAndGradient(problem, coefficients);
  return { objective, gradientNorm: norm / lossAndGradient(problem, zero).norm };
}

function lossAndGradient({ x, y, width, l2 }: LogisticProblem, { weights, intercept }: Coefficients) {
  const gradient = weights.map((weight) => l2 * weight);
  let interceptGradient = 0;
  let objective = weights.reduce((sum, weight) => sum + (l2 / 2) * weight * weight, 0);
  for (const [i, label] of y.entries()) {
    const row = x.subarray(i * width, (i + 1) * width);
    const z = row.reduce((sum, value, j) => sum + value * (weights[j] ?? 0), intercept);
    const signed = label === 1 ? z : -z;
    objective += Math.log1p(Math.exp(-Math.abs(signed))) + Math.max(0, -signed);
    const residual = sigmoid(z) - label;
    interceptGradient += residual;
    for (let j = 0; j < width; j++) gradient[j] = (gradient[j] ?? 0) + residual * (row[j] ?? 0);
  }
  return { objective, norm: Math.hypot(interceptGradient, ...gradient) };
}
