import type { Evaluation } from "../model/manifest.ts";
import { ranking } from "./ranking.ts";

type Decile = Evaluation["deciles"][number];

/**
 * Cuts rows by falling probability into ten parts, as equal as whole rows allow (the riskier one larger), with their
 * lift and the capture up to them. Where equal probabilities reach across a cut, their churners are shared out in
 * proportion, to the nearest whole, so the result does not depend on the order of the rows. Parts without rows (fewer
 * than ten rows) are left out. Lift and capture are NaN without churners.
 */
export function deciles(y: ArrayLike<number>, p: ArrayLike<number>): Decile[] {
  const sums = sumsAlong(y, p);
  const rows = p.length;
  const totalChurned = sums(rows).churned;
  return Array.from({ length: 10 }, (_, index) => {
    const from = Math.ceil((index * rows) / 10);
    const to = Math.ceil(((index + 1) * rows) / 10);
    const before = sums(from);
    const after = sums(to);
    const users = to - from;
    const churned = after.churned - before.churned;
    return {
      decile: index + 1,
      users,
      churned,
      meanProbability: (after.probability - before.probability) / users,
      lift: churned / users / (totalChurned / rows),
      capture: after.churned / totalChurned,
    };
  }).filter((decile) => decile.users > 0);
}

/** Gives, for the riskiest k rows, how many churned and the sum of their probabilities. */
function sumsAlong(y: ArrayLike<number>, p: ArrayLike<number>) {
  const ranked = ranking(y, p);
  const rows = ranked.p.length;
  const churned = new Uint32Array(rows + 1);
  const probability = new Float64Array(rows + 1);
  for (let i = 0; i < rows; i++) {
    churned[i + 1] = (churned[i] ?? 0) + (ranked.y[i] ?? 0);
    probability[i + 1] = (probability[i] ?? 0) + (ranked.p[i] ?? 0);
  }
  return (k: number) => {
    let start = k;
    let end = k;
    while (start > 0 && ranked.p[start - 1] === ranked.p[k]) start -= 1;
    while (end < rows && ranked.p[end] === ranked.p[k]) end += 1;
    const before = churned[start] ?? 0;
    const tied = (churned[end] ?? 0) - before;
    const share = end === start ? 0 : (k - start) / (end - start);
    return { churned: before + Math.round(tied * share), probability: probability[k] ?? 0 };
  };
}
