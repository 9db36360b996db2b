import { logLosses } from "../metrics/log-loss.ts";
import { mean } from "../metrics/mean.ts";

/** A model whose loss is this much above the one it is known for is far off. */
const mostFactor = 1.25;
/** The lower end of an interval of this many standard errors must be above it too, so that a few odd users are not taken for broken data. */
const deviations = 2;

/** The log loss of a model that is far off the one it is known for on these rows; undefined if it is not. */
export function farOff(y: ArrayLike<number>, p: ArrayLike<number>, usual: number): number | undefined {
  const losses = logLosses(y, p);
  const logLoss = mean(losses);
  const variance = losses.reduce((sum, loss) => sum + (loss - logLoss) ** 2, 0) / Math.max(1, losses.length - 1);
  const low = logLoss - deviations * Math.sqrt(variance / losses.length);
  return logLoss > mostFactor * usual && low > usual ? logLoss : undefined;
}
