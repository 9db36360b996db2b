import { logGamma } from "./gamma.ts";
import { normalQuantile } from "./normal.ts";

/** P(T <= t) of Student's t with `freedom` degrees of freedom, which need not be whole. */
export function studentCdf(t: number, freedom: number): number {
  const tail = incompleteBeta(freedom / 2, 0.5, freedom / (freedom + t * t)) / 2;
  return t > 0 ? 1 - tail : tail;
}

/**
 * The t with P(T <= t) = p, for 0.5 <= p < 1, by Newton's method: from the normal quantile, which lies below it, each step comes
 * closer from below, as P is concave there.
 */
export function studentQuantile(p: number, freedom: number): number {
  let t = normalQuantile(p);
  // Beyond this the two agree to eight digits, and the fraction below converges slowly.
  if (freedom > 1e7) return t;
  const atZero = logGamma((freedom + 1) / 2) - logGamma(freedom / 2) - Math.log(Math.PI * freedom) / 2;
  const density = () => Math.exp(atZero - ((freedom + 1) / 2) * Math.log1p((t * t) / freedom));
  for (let i = 0; i < 100; i++) {
    const step = (p - studentCdf(t, freedom)) / density();
    t += step;
    // What is left after a step is of the order of its square.
    if (Math.abs(step) <= 1e-8 * t) break;
  }
  return t;
}

/** The regularised incomplete beta function I_x(a, b) (Numerical Recipes, 3rd ed., 6.4). */
function incompleteBeta(a: number, b: number, x: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  return x < (a + 1) / (a + b + 2) ? (front * fraction(a, b, x)) / a : 1 - (front * fraction(b, a, 1 - x)) / b;
}

/** Its continued fraction, by Lentz's method. */
function fraction(a: number, b: number, x: number): number {
  const tiny = 1e-300;
  let c = 1;
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1), tiny);
  let h = d;
  for (let m = 1; m < 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonZero(1 + even * d, tiny);
    c = nonZero(1 + even / c, tiny);
    h *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonZero(1 + odd * d, tiny);
    c = nonZero(1 + odd / c, tiny);
    h *= d * c;
    if (Math.abs(d * c - 1) < 1e-16) break;
  }
  return h;
}

function nonZero(value: number, tiny: number): number {
  return Math.abs(value) < tiny ? tiny : value;
}
