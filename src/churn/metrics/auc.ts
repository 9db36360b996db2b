import { type Ranking, ranking } from "./ranking.ts";

/**
 * Area under the ROC curve: the chance that a churner has a higher probability than one who stayed, a tie counting
 * half (Mann-Whitney U with mid-ranks; Hanley and McNeil 1982). `y` is 1 for churned, 0 for stayed.
 * NaN when only one of the two occurs.
 */
export function auc(y: ArrayLike<number>, p: ArrayLike<number>): number {
  return rankedAuc(ranking(y, p));
}

/** The same of sorted rows, of which position i occurs `counts[i]` times (once each when not given). */
export function rankedAuc({ y, p }: Ranking, counts?: ArrayLike<number>): number {
  let churned = 0;
  let stayed = 0;
  let concordant = 0;
  for (let start = 0, end = 0; start < p.length; start = end) {
    let churnedHere = 0;
    let stayedHere = 0;
    for (; end < p.length && p[end] === p[start]; end++) {
      const count = counts?.[end] ?? 1;
      if (y[end] === 1) churnedHere += count;
      else stayedHere += count;
    }
    concordant += stayedHere * (churned + churnedHere / 2);
    churned += churnedHere;
    stayed += stayedHere;
  }
  return concordant / (churned * stayed);
}
