import type { Evaluation } from "../model/manifest.ts";
import { type Ranking, ranking } from "./ranking.ts";

type Point = Evaluation["roc"][number];

/**
 * The ROC curve for drawing, from (0, 0) to (1, 1), in at most `limit` (3 or more) points. Points on a straight line
 * between their neighbours are dropped, which loses nothing; if more than `limit` are left, one is kept in every equal
 * step along the curve, so that the drawn line is never further than a step, 2 / (limit - 2), from the true one.
 * NaN where only one class occurs.
 */
export function roc(y: ArrayLike<number>, p: ArrayLike<number>, limit = 100): Point[] {
  const corners = cornersOf(ranking(y, p));
  const last = corners.at(-1) ?? { stayed: 0, churned: 0 };
  const points = corners.map(({ stayed, churned }) => ({
    falsePositiveRate: stayed / last.stayed,
    truePositiveRate: churned / last.churned,
  }));
  return points.length <= limit ? points : thinned(points, limit);
}

/** Rows at or above a probability, by outcome: the curve before it is divided by the totals. */
interface Corner {
  readonly stayed: number;
  readonly churned: number;
}

function cornersOf({ y, p }: Ranking): Corner[] {
  const corners: Corner[] = [{ stayed: 0, churned: 0 }];
  let stayed = 0;
  let churned = 0;
  for (let i = 0; i < p.length; i++) {
    if (y[i] === 1) churned += 1;
    else stayed += 1;
    if (p[i + 1] === p[i]) continue;
    const corner = { stayed, churned };
    const [before, previous] = [corners.at(-2), corners.at(-1)];
    if (before !== undefined && previous !== undefined && isStraight(before, previous, corner)) corners.pop();
    corners.push(corner);
  }
  return corners;
}

function isStraight(a: Corner, b: Corner, c: Corner): boolean {
  return (b.stayed - a.stayed) * (c.churned - b.churned) === (b.churned - a.churned) * (c.stayed - b.stayed);
}

/** The length of a rising curve, measured along both axes, is the sum of its two coordinates: 0 … 2. */
function thinned(points: readonly Point[], limit: number): Point[] {
  const stepOf = (point: Point) => Math.floor(((point.falsePositiveRate + point.truePositiveRate) / 2) * (limit - 2));
  let taken = -1;
  return points.filter((point, index) => {
    const isLast = index === points.length - 1;
    if (!isLast && stepOf(point) <= taken) return false;
    taken = stepOf(point);
    return true;
  });
}
