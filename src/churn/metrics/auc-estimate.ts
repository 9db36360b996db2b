import type { Estimate } from "../model/estimate.ts";
import { rankedAuc } from "./auc.ts";
import { clustersOf, estimate, resample } from "./bootstrap.ts";
import { ranking } from "./ranking.ts";

/** The AUC with its 95 % interval, as `evaluate` has it, without all else that it computes; NaN where one outcome only occurs. */
export function aucEstimate(y: ArrayLike<number>, p: ArrayLike<number>, users: readonly string[]): Estimate {
  const ranked = ranking(y, p);
  const clusters = clustersOf(Array.from(ranked.rows, (row) => users[row] ?? ""));
  const resampled = resample(clusters, { resamples: 300, seed: "evaluate" }, (counts) => rankedAuc(ranked, counts));
  return estimate(rankedAuc(ranked), resampled);
}
