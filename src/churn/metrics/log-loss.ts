import { mean } from "./mean.ts";

/**
 * Mean negative log-likelihood in nats: -(y ln p + (1 - y) ln(1 - p)). Certainty is clipped to the distance of a
 * machine epsilon from 0 and 1, as scikit-learn's log_loss does, so that one wrong certainty costs 36, not infinity.
 */
export function logLoss(y: ArrayLike<number>, p: ArrayLike<number>): number {
  return mean(logLosses(y, p));
}

/** The loss of each row. */
export function logLosses(y: ArrayLike<number>, p: ArrayLike<number>): Float64Array {
  return Float64Array.from(p, (probability, row) => {
    const clipped = Math.min(Math.max(probability, Number.EPSILON), 1 - Number.EPSILON);
    return -Math.log(y[row] === 1 ? clipped : 1 - clipped);
  });
}
