import { upperGamma } from "./gamma.ts";

/** P(Z <= z) of the standard normal distribution. */
export function normalCdf(z: number): number {
  const tail = upperGamma(0.5, (z * z) / 2) / 2;
  return z > 0 ? 1 - tail : tail;
}

/**
 * The z with P(Z <= z) = p, for 0 < p < 1: Acklam's rational approximation (relative error 1.15e-9), and a step of
 * Halley's method, which takes it to the precision of `normalCdf`.
 */
export function normalQuantile(p: number): number {
  if (p === 0.5) return 0;
  // The upper half by symmetry, as differences to 1 lose digits.
  if (p > 0.5) return -normalQuantile(1 - p);
  const z = approximate(p);
  const error = (normalCdf(z) - p) * Math.sqrt(2 * Math.PI) * Math.exp((z * z) / 2);
  return z - error / (1 + (z * error) / 2);
}

const a = [
  -3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2, 1.38357751867269e2, -3.066479806614716e1,
  2.506628277459239,
];
const b = [
  -5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1, -1.328068155288572e1, 1,
];
const c = [
  -7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732539343734, 4.374664141464968,
  2.938163982698783,
];
const d = [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416, 1];

function approximate(p: number): number {
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(p));
    return polynomial(c, q) / polynomial(d, q);
  }
  const q = p - 0.5;
  return (polynomial(a, q * q) * q) / polynomial(b, q * q);
}

function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
}
