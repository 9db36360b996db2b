import { normalQuantile } from "./normal.ts";

/** Of a two-sided test at 5 %. */
export const power = 0.8;

/** z(0.975) + z(0.8): how many standard errors an effect must have to be found with the power. */
const distance = normalQuantile(0.975) + normalQuantile(power);

/** The smallest true effect that would be told from none in 80 of 100 experiments with this standard error. */
export function detectable(error: number): number {
  return distance * error;
}

/**
 * How many times as large both arms must be, for a true effect to be told from none with the power: the standard error
 * falls with the root of the size. Infinity for no effect.
 */
export function growthFor(effect: number, error: number): number {
  return (distance * error) ** 2 / effect ** 2;
}
