import type { Evaluation } from "../model/manifest.ts";
import { equalBin } from "./equal-bin.ts";

/** How many stayed and how many churned in each of `bins` parts of the probabilities 0 … 1, of equal width. */
export function distribution(y: ArrayLike<number>, p: ArrayLike<number>, bins = 20): Evaluation["distribution"] {
  const stayed = new Array<number>(bins).fill(0);
  const churned = new Array<number>(bins).fill(0);
  for (let i = 0; i < p.length; i++) {
    const bin = equalBin(p[i] ?? 0, bins);
    const counts = y[i] === 1 ? churned : stayed;
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return { stayed, churned };
}
