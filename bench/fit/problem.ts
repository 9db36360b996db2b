import { sigmoid } from "#churn/model/logistic.ts";
import { randomFrom } from "#churn/random.ts";
import type { LogisticProblem } from "#churn/training/fit-logistic.ts";

/**
 * A seeded problem like a training set: features of unit variance in groups of three that share a common part
 * (correlation 0.5), as windows of one action do, a third of them without effect, and about 30 % churn.
 */
export function makeProblem(rows: number, width: number): LogisticProblem {
  const random = randomFrom("bench/fit");
  const truth = Float64Array.from({ length: width }, (_, j) => (j % 3 === 2 ? 0 : random() - 0.5));
  const x = new Float64Array(rows * width);
  const y = new Uint8Array(rows);
  for (let i = 0; i < rows; i++) {
    let z = -1;
    let common = 0;
    for (let j = 0; j < width; j++) {
      if (j % 3 === 0) common = nearlyNormal(random);
      const value = (common + nearlyNormal(random)) * Math.SQRT1_2;
      x[i * width + j] = value;
      z += value * (truth[j] ?? 0);
    }
    y[i] = random() < sigmoid(z) ? 1 : 0;
  }
  return { x, y, width, l2: 1 };
}

/** The sum of three uniform numbers, which has variance 1/4, scaled to mean 0 and variance 1. */
function nearlyNormal(random: () => number): number {
  return 2 * (random() + random() + random() - 1.5);
}
