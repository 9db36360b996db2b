import type { Ranking } from "./ranking.ts";

/**
 * The share of those who churned that the riskiest tenth of the rows holds; where equal probabilities reach across the cut, their
 * churners are shared out in proportion. NaN without churners. Position i of the rows occurs `counts[i]` times; once each where there
 * are no counts.
 */
export function rankedCapture({ y, p }: Ranking, counts?: ArrayLike<number>): number {
  let rows = 0;
  let churned = 0;
  for (let i = 0; i < p.length; i++) {
    const count = counts?.[i] ?? 1;
    rows += count;
    if (y[i] === 1) churned += count;
  }
  let places = Math.ceil(rows / 10);
  let reached = 0;
  for (let start = 0, end = 0; start < p.length && places > 0; start = end) {
    let here = 0;
    let churnedHere = 0;
    for (; end < p.length && p[end] === p[start]; end++) {
      const count = counts?.[end] ?? 1;
      here += count;
      if (y[end] === 1) churnedHere += count;
    }
    if (here > 0) reached += churnedHere * Math.min(1, places / here);
    places -= here;
  }
  return reached / churned;
}
