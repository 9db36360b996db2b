import { upperGamma } from "./gamma.ts";

/** P(X > statistic) of the χ² distribution. */
export function chiSquareTail(statistic: number, freedom: number): number {
  return upperGamma(freedom / 2, statistic / 2);
}

/** The p value of Pearson's χ² test that counts were drawn with these shares, which sum to 1. */
export function goodnessOfFit(counts: readonly number[], shares: readonly number[]): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return 1;
  let statistic = 0;
  for (const [i, count] of counts.entries()) {
    const expected = total * (shares[i] ?? 0);
    if (expected > 0) statistic += (count - expected) ** 2 / expected;
    else if (count > 0) return 0;
  }
  return chiSquareTail(statistic, counts.length - 1);
}
