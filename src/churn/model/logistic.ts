import type { LinearParameters, ScalingParameters } from "./parameters.ts";

/** Log-odds of the linear part for a vector in the model's order; the formula stands at its parameters. */
export function linearLogOdds({ weights, intercept }: LinearParameters, by: ScalingParameters, x: ArrayLike<number>) {
  let sum = intercept;
  for (let j = 0; j < weights.length; j++) sum += (weights[j] ?? 0) * standardised(by, j, x[j] ?? 0);
  return sum;
}

/** How many training standard deviations the clipped, transformed value of feature j is away from its mean. */
export function standardised(scaling: ScalingParameters, j: number, value: number): number {
  const { low, high, transform, center, scale } = scaling;
  const clipped = Math.min(Math.max(value, low[j] ?? value), high[j] ?? value);
  const transformed = transform[j] === "log1p" ? Math.log1p(clipped) : clipped;
  return (transformed - (center[j] ?? 0)) / (scale[j] ?? 1);
}

/** 1 / (1 + e^-z), without overflow at either end. */
export function sigmoid(z: number): number {
  return z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z));
}
