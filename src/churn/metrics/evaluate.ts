import { type Day, formatDay } from "../day.ts";
import { InvalidInput } from "../failure.ts";
import type { Evaluation } from "../model/manifest.ts";
import { rankedAuc } from "./auc.ts";
import { type BootstrapOptions, clustersOf, estimate, meanOfDrawn, resample } from "./bootstrap.ts";
import { squaredErrors } from "./brier.ts";
import { calibrationError } from "./calibration-error.ts";
import { rankedCapture } from "./capture.ts";
import { deciles } from "./deciles.ts";
import { distribution } from "./distribution.ts";
import { logLosses } from "./log-loss.ts";
import { mean } from "./mean.ts";
import { rankedPrAuc } from "./pr-auc.ts";
import { ranking } from "./ranking.ts";
import { binsOf, reliabilityBins } from "./reliability.ts";
import { roc } from "./roc.ts";

/** Predictions for rows of known outcome: one row for each user and test snapshot. */
export interface Outcomes {
  /** 1 for churned, 0 for stayed. */
  readonly y: ArrayLike<number>;
  /** Probability of churn, 0 … 1. */
  readonly p: ArrayLike<number>;
  /** Whose row it is; rows of one user are resampled together. */
  readonly users: readonly string[];
  /** The snapshot of each row, or just the distinct ones. */
  readonly snapshots: Iterable<Day>;
}

/**
 * How good predictions were, with 95 % bootstrap intervals; in deciles and bins, "users" are rows. The order of the
 * rows changes nothing but the last digits. Throws InvalidInput where quality is undefined: without both outcomes, or
 * with a probability that is none.
 */
export function evaluate(outcomes: Outcomes, options: Partial<BootstrapOptions> = {}): Evaluation {
  const ranked = ranking(outcomes.y, outcomes.p);
  const { rows, y, p } = ranked;
  if (!p.every((probability) => probability >= 0 && probability <= 1))
    throw new InvalidInput(`Cannot evaluate ${p.length} predictions: some are not probabilities between 0 and 1.`);
  requireBothOutcomes(y);
  const churned = churnedAmong(y);

  const losses = logLosses(y, p);
  const errors = squaredErrors(y, p);
  const bins = binsOf(p);
  const measure = (counts?: Uint32Array) => ({
    auc: rankedAuc(ranked, counts),
    prAuc: rankedPrAuc(ranked, counts),
    ece: calibrationError(y, p, { bins, counts }),
    capture: rankedCapture(ranked, counts),
  });
  const tenths = deciles(y, p);
  // In whole rows, as the table of tenths has it.
  const capture = tenths[0]?.capture ?? Number.NaN;
  const value = { ...measure(), capture, logLoss: mean(losses), brier: mean(errors) };
  const clusters = clustersOf(Array.from(rows, (row) => outcomes.users[row] ?? ""));
  const [lossOf, errorOf] = [meanOfDrawn(losses, clusters), meanOfDrawn(errors, clusters)];
  const sampling = { resamples: 300, seed: "evaluate", ...options };
  // The same samples for each.
  const resampled = resample(clusters, sampling, (counts, drawn) => ({
    ...measure(counts),
    logLoss: lossOf(drawn),
    brier: errorOf(drawn),
  }));
  const estimated = (metric: keyof typeof value) =>
    estimate(
      value[metric],
      resampled.map((sample) => sample[metric]),
    );
  return {
    snapshots: [...new Set(outcomes.snapshots)].sort((a, b) => a - b).map(formatDay),
    rows: p.length,
    churned,
    auc: estimated("auc"),
    prAuc: estimated("prAuc"),
    logLoss: estimated("logLoss"),
    brier: estimated("brier"),
    ece: estimated("ece"),
    capture: estimated("capture"),
    deciles: tenths,
    reliability: reliabilityBins(y, p),
    roc: roc(y, p),
    distribution: distribution(y, p),
  };
}

/** Throws InvalidInput where all of the outcomes, 1 for churned, are the same: then predictions of them cannot be judged. */
export function requireBothOutcomes(y: Uint8Array): void {
  const churned = churnedAmong(y);
  if (churned > 0 && churned < y.length) return;
  const found = y.length === 0 ? "there are none" : churned === 0 ? "nobody churned" : "everybody churned";
  throw new InvalidInput(
    `Cannot evaluate ${y.length} predictions: ${found}, and quality needs users who churned and users who stayed.`,
  );
}

/** How many of the outcomes are 1. */
export function churnedAmong(y: Uint8Array): number {
  return y.reduce((sum, label) => sum + label, 0);
}
