import { rankedPrAuc } from "#churn/metrics/pr-auc.ts";
import { ranking } from "#churn/metrics/ranking.ts";

/** The area under the precision-recall curve of rows in any order. */
export function prAuc(y: ArrayLike<number>, p: ArrayLike<number>): number {
  return rankedPrAuc(ranking(y, p));
}
