import type { Estimate } from "./estimate.ts";
import { studentQuantile } from "./student.ts";
import { wilsonInterval } from "./wilson-interval.ts";

/** How many of how many. */
export interface Share {
  readonly count: number;
  readonly of: number;
}

/** A sample by its size, mean and variance (with n - 1). */
export interface Moments {
  readonly size: number;
  readonly mean: number;
  readonly variance: number;
}

/**
 * a - b with the hybrid score interval: Newcombe 1998, Interval estimation for the difference between independent
 * proportions, method 10. Both need at least one trial. The standard error is that of Agresti and Caffo 2000, Simple and
 * effective confidence intervals for proportions and differences, with one success and one failure more in each: of none or
 * all it is not 0, as if nothing else could have happened.
 */
export function differenceOfShares(a: Share, b: Share, confidence = 0.95): Estimate {
  const [p, q] = [a.count / a.of, b.count / b.of];
  const [lowA, highA] = wilsonInterval(p, a.of, confidence);
  const [lowB, highB] = wilsonInterval(q, b.of, confidence);
  const value = p - q;
  return {
    value,
    low: value - Math.hypot(p - lowA, highB - q),
    high: value + Math.hypot(highA - p, q - lowB),
    error: Math.hypot(errorOf(a), errorOf(b)),
  };
}

function errorOf({ count, of }: Share): number {
  const share = (count + 1) / (of + 2);
  return Math.sqrt((share * (1 - share)) / (of + 2));
}

/** a - b with Welch's t interval (Welch 1947; degrees of freedom of Satterthwaite). Both need at least two values. */
export function differenceOfMeans(a: Moments, b: Moments, confidence = 0.95): Estimate {
  const [u, v] = [a.variance / a.size, b.variance / b.size];
  const error = Math.sqrt(u + v);
  const value = a.mean - b.mean;
  if (error === 0) return { value, low: value, high: value, error };
  const freedom = (u + v) ** 2 / (u ** 2 / (a.size - 1) + v ** 2 / (b.size - 1));
  const half = studentQuantile((1 + confidence) / 2, freedom) * error;
  return { value, low: value - half, high: value + half, error };
}

/**
 * An estimate of a - b by means whose standard error is no less than the pooled one, as if both had the same variance. Where
 * a few values are large, the arm that happens to hold none of them has a low mean and a low variance, so that Welch's interval
 * misses the truth more often than it says, most of all where that arm is the smaller: the pooled variance knows of the other's.
 */
export function atLeastPooled(estimate: Estimate, a: Moments, b: Moments): Estimate {
  const separate = a.variance / a.size + b.variance / b.size;
  const variance = ((a.size - 1) * a.variance + (b.size - 1) * b.variance) / (a.size + b.size - 2);
  const pooled = variance * (1 / a.size + 1 / b.size);
  if (separate === 0 || pooled <= separate) return estimate;
  const factor = Math.sqrt(pooled / separate);
  const { value, low, high, error } = estimate;
  return { value, low: value - factor * (value - low), high: value + factor * (high - value), error: factor * error };
}
