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
 * proportions, method 10. Both need at least one trial.
 */
export function differenceOfShares(a: Share, b: Share): Estimate {
  const [p, q] = [a.count / a.of, b.count / b.of];
  const [lowA, highA] = wilsonInterval(p, a.of);
  const [lowB, highB] = wilsonInterval(q, b.of);
  const value = p - q;
  return {
    value,
    low: value - Math.hypot(p - lowA, highB - q),
    high: value + Math.hypot(highA - p, q - lowB),
    error: Math.sqrt((p * (1 - p)) / a.of + (q * (1 - q)) / b.of),
  };
}

/** a - b with Welch's t interval (Welch 1947; degrees of freedom of Satterthwaite). Both need at least two values. */
export function differenceOfMeans(a: Moments, b: Moments): Estimate {
  const [u, v] = [a.variance / a.size, b.variance / b.size];
  const error = Math.sqrt(u + v);
  const value = a.mean - b.mean;
  if (error === 0) return { value, low: value, high: value, error };
  const freedom = (u + v) ** 2 / (u ** 2 / (a.size - 1) + v ** 2 / (b.size - 1));
  const half = studentQuantile(0.975, freedom) * error;
  return { value, low: value - half, high: value + half, error };
}
