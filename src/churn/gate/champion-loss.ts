import { logLosses } from "../metrics/log-loss.ts";
import { mean } from "../metrics/mean.ts";
import type { Trial } from "./trial.ts";

/** A champion whose loss is this much above the one it is known for is far off. */
const mostFactor = 1.25;
/** So is the lower end of an interval of so many standard errors, so that a few odd users are not taken for broken data. */
const deviations = 2;

export interface FarOff {
  readonly logLoss: number;
  /** The log loss that it is known for. */
  readonly usual: number;
}

/** How far off the champion is on the rows of a trial, if it is; undefined if not. */
export function championFarOff(trial: Trial, champion: Float64Array, usual: number): FarOff | undefined {
  const losses = logLosses(trial.y, champion);
  const logLoss = mean(losses);
  const variance = losses.reduce((sum, loss) => sum + (loss - logLoss) ** 2, 0) / Math.max(1, losses.length - 1);
  const low = logLoss - deviations * Math.sqrt(variance / losses.length);
  return logLoss > mostFactor * usual && low > usual ? { logLoss, usual } : undefined;
}
