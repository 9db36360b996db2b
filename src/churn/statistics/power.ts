import { normalQuantile } from "./normal.ts";

/** Of a two-sided test. */
export const power = 0.8;

/** How many standard errors an effect must have to be found with the power: z(0.975) + z(0.8) for a confidence of 95 %. */
function distance(confidence: number): number {
  return normalQuantile((1 + confidence) / 2) + normalQuantile(power);
}

/** The smallest true effect that would be told from none in 80 of 100 experiments with this standard error. */
export function detectable(error: number, confidence = 0.95): number {
  return distance(confidence) * error;
}

/**
 * How many times as large both arms must be, for a true effect to be told from none with the power: the standard error
 * falls with the root of the size. Infinity for no effect.
 */
export function growthFor(effect: number, error: number, confidence = 0.95): number {
  return (distance(confidence) * error) ** 2 / effect ** 2;
}
