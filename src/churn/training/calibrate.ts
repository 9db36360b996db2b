import type { LogisticParameters } from "../model/manifest.ts";
import { fitLogistic } from "./fit-logistic.ts";

export type Calibration = LogisticParameters["calibration"];

export const uncalibrated: Calibration = { slope: 1, intercept: 0 };

/** Upper 1 % point of the chi-squared distribution with 2 degrees of freedom. */
const significant = 9.21;

/**
 * Platt's scaling (Platt 1999): slope and intercept of the log-odds that fit the outcomes of a later snapshot best.
 * Applied only where that snapshot shows a need: the likelihood-ratio test against no change is significant at 1 %,
 * and the ranking stays as it was (slope > 0). Otherwise a small sample would add noise instead of taking bias away.
 */
export function calibrate(logOdds: Float64Array, y: Uint8Array): Calibration {
  if (!(y.includes(0) && y.includes(1))) return uncalibrated;
  const fit = fitLogistic({ x: logOdds, y, width: 1, l2: 1e-6 });
  const fitted: Calibration = { slope: fit.weights[0] ?? 1, intercept: fit.intercept };
  const gain = 2 * (totalLogLoss(logOdds, y, uncalibrated) - totalLogLoss(logOdds, y, fitted));
  return gain > significant && fitted.slope > 0 ? fitted : uncalibrated;
}

function totalLogLoss(logOdds: Float64Array, y: Uint8Array, { slope, intercept }: Calibration): number {
  let sum = 0;
  for (let i = 0; i < y.length; i++) {
    const z = slope * (logOdds[i] ?? 0) + intercept;
    sum += Math.max(z, 0) - (y[i] ?? 0) * z + Math.log1p(Math.exp(-Math.abs(z)));
  }
  return sum;
}
