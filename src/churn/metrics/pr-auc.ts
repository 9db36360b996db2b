import type { Ranking } from "./ranking.ts";

/**
 * Area under the precision-recall curve as average precision: the sum over distinct probabilities of the gain in
 * recall times the precision there, without interpolation (scikit-learn's average_precision_score).
 * The share of churners is what a random ranking gets. NaN without churners. Position i of the rows occurs `counts[i]`
 * times; once each where there are no counts.
 */
export function rankedPrAuc({ y, p }: Ranking, counts?: ArrayLike<number>): number {
  let rows = 0;
  let churned = 0;
  let area = 0;
  for (let start = 0, end = 0; start < p.length; start = end) {
    let churnedHere = 0;
    for (; end < p.length && p[end] === p[start]; end++) {
      const count = counts?.[end] ?? 1;
      rows += count;
      if (y[end] === 1) churnedHere += count;
    }
    churned += churnedHere;
    if (churnedHere > 0) area += (churnedHere * churned) / rows;
  }
  return area / churned;
}
