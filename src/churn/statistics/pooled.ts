import type { Estimate } from "./estimate.ts";
import { normalQuantile } from "./normal.ts";

const z = normalQuantile(0.975);

/** The sum of independent estimates. */
export function sumOf(estimates: readonly Pick<Estimate, "value" | "error">[]): Estimate {
  const value = estimates.reduce((sum, one) => sum + one.value, 0);
  return around(value, Math.hypot(...estimates.map(({ error }) => error)));
}

/**
 * The mean of an effect that may differ from one experiment to the next, by the random-effects model with the variance
 * between experiments of DerSimonian and Laird (1986); undefined without an estimate. Experiments with an error of 0 are
 * left out: nothing could be weighed against them.
 */
export function pooled(estimates: readonly Pick<Estimate, "value" | "error">[]): Estimate | undefined {
  const usable = estimates.filter(({ error }) => error > 0);
  if (usable.length === 0) return undefined;
  const fixed = usable.map(({ error }) => error ** -2);
  const sum = total(fixed);
  const mean = weighted(usable, fixed);
  const q = total(usable.map(({ value }, i) => (fixed[i] ?? 0) * (value - mean) ** 2));
  const between = Math.max(0, (q - (usable.length - 1)) / (sum - total(fixed.map((weight) => weight ** 2)) / sum));
  const weights = usable.map(({ error }) => 1 / (error ** 2 + (usable.length > 1 ? between : 0)));
  return around(weighted(usable, weights), total(weights) ** -0.5);
}

function around(value: number, error: number): Estimate {
  return { value, low: value - z * error, high: value + z * error, error };
}

function weighted(estimates: readonly { readonly value: number }[], weights: readonly number[]): number {
  return total(estimates.map(({ value }, i) => value * (weights[i] ?? 0))) / total(weights);
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
